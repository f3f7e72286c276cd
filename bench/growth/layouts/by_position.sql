-- Partitions of a million positions each. No unique index can span them, so a table of stream heads is the check.
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
    PRIMARY KEY (position)
) PARTITION BY RANGE (position);
ALTER TABLE ledger.events ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX events_stream_version ON ledger.events (stream, version);
DO $$
BEGIN
    FOR million IN 0..19 LOOP
        EXECUTE format('CREATE TABLE ledger.events_%s PARTITION OF ledger.events FOR VALUES FROM (%s) TO (%s)',
                       million, million * 1000000, (million + 1) * 1000000);
    END LOOP;
END
$$;

CREATE TABLE ledger.stream_heads (
    stream         uuid   PRIMARY KEY,
    version        bigint NOT NULL,
    first_position bigint NOT NULL,
    last_position  bigint NOT NULL
) WITH (fillfactor = 70);
GRANT SELECT ON ledger.events, ledger.stream_heads TO pencere_writer, pencere_projector, pencere_reader;

-- As in the product, but for the check, and for what follows a refusal: here it would end the batch.
CREATE OR REPLACE FUNCTION ledger.append(
    streams uuid[], versions bigint[], follows bigint[], topics text[], salts bytea[], opens bytea[], sealeds bytea[],
    requests int[], key_lasts int[], keys uuid[], bodies uuid[]
) RETURNS TABLE (request int, verdict text, at_position bigint, at_time bigint, at_stream uuid, at_version bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan
SET jit = off
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    n      bigint := cardinality(streams);
    base   bigint;
    now_us bigint;
    moved  bigint;
    begun  bigint;
BEGIN
    UPDATE ledger.head
       SET position = position + n,
           recorded_at = greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, recorded_at + 1)
                         + coalesce(requests[n], 0)
    RETURNING position - n, recorded_at - coalesce(requests[n], 0) INTO base, now_us;
    BEGIN
        UPDATE ledger.stream_heads h SET version = v, last_position = base + o
          FROM unnest(streams, versions, follows) WITH ORDINALITY AS u (s, v, f, o)
         WHERE h.stream = s AND h.version = f;
        GET DIAGNOSTICS moved = ROW_COUNT;
        INSERT INTO ledger.stream_heads (stream, version, first_position, last_position)
        SELECT s, v, base + o, base + o
          FROM unnest(streams, versions, follows) WITH ORDINALITY AS u (s, v, f, o) WHERE f = 0;
        GET DIAGNOSTICS begun = ROW_COUNT;
        IF moved + begun <> n THEN
            RAISE unique_violation;
        END IF;
        INSERT INTO ledger.events (position, stream, version, recorded_at, topic, salt, open, sealed)
        SELECT base + o, s, v, now_us + r, t, a, p, z
          FROM unnest(streams, versions, topics, salts, opens, sealeds, requests)
               WITH ORDINALITY AS u (s, v, t, a, p, z, r, o);
        INSERT INTO ledger.idempotency_keys (key, body, position)
        SELECT k, b, base + l FROM unnest(key_lasts, keys, bodies) AS q (l, k, b);
        RETURN QUERY SELECT -1, 'appended', base, now_us, NULL::uuid, NULL::bigint;
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION 'a refusal, which this layout does not go on after';
    END;
END
$$;
