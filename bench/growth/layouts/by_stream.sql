-- Sixteen partitions by the hash of the stream. The unique index of stream and version stays; that of the position
-- cannot, so the head's lock alone sees to it that no position comes twice. The product's ledger.append goes on as is.
DROP TABLE ledger.events;

CREATE TABLE ledger.events (
    position    bigint NOT NULL,
    stream      uuid   NOT NULL,
    version     bigint NOT NULL CHECK (version >= 0),
    recorded_at bigint NOT NULL,
    topic       text   NOT NULL,
    salt        bytea  NOT NULL CHECK (octet_length(salt) = 32),
    open        bytea  NOT NULL,
    sealed      bytea  NOT NULL,
    CONSTRAINT events_stream_version UNIQUE (stream, version)
) PARTITION BY HASH (stream);
ALTER TABLE ledger.events ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX events_position ON ledger.events (position);
DO $$
BEGIN
    FOR remainder IN 0..15 LOOP
        EXECUTE format('CREATE TABLE ledger.events_%s PARTITION OF ledger.events'
                       ' FOR VALUES WITH (MODULUS 16, REMAINDER %s)', remainder, remainder);
    END LOOP;
END
$$;
GRANT SELECT ON ledger.events TO pencere_writer, pencere_projector, pencere_reader;
