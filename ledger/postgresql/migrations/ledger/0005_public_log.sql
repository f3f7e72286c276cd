-- The public log: the Merkle tree over the events, and what was signed about it. Tiles can be computed again from the
-- events at any time. Checkpoints and cosignatures cannot: nobody is granted to change or delete one.

CREATE SCHEMA log;

-- A log is named by its origin and signed by one key, for ever.
CREATE TABLE log.logs (
    origin text PRIMARY KEY,
    vkey   text NOT NULL
);

-- The hashes of a tile (c2sp.org/tlog-tiles) in a row; the last tile of a level is partial and grows to the right.
-- Any narrower one is its beginning. Level -1: the entries themselves, 32 bytes each, without their lengths.
CREATE TABLE log.tiles (
    level   smallint NOT NULL CHECK (level BETWEEN -1 AND 7),
    number  bigint   NOT NULL,
    content bytea    NOT NULL CHECK (octet_length(content) BETWEEN 32 AND 8192 AND octet_length(content) % 32 = 0),
    PRIMARY KEY (level, number)
);
-- Hashes do not compress; out of line and uncompressed, a part of them is read without the rest.
ALTER TABLE log.tiles ALTER COLUMN content SET STORAGE EXTERNAL;

-- The note as it was signed. One for each size: a log has one tree of a size.
CREATE TABLE log.checkpoints (
    origin    text   NOT NULL REFERENCES log.logs,
    size      bigint NOT NULL CHECK (size >= 0),
    signed_at bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, -- microseconds
    note      bytea  NOT NULL,
    PRIMARY KEY (origin, size)
);

-- A witness's signature line on a checkpoint, as it gave it.
CREATE TABLE log.cosignatures (
    origin  text   NOT NULL,
    size    bigint NOT NULL,
    witness text   NOT NULL,
    line    bytea  NOT NULL,
    PRIMARY KEY (origin, size, witness),
    FOREIGN KEY (origin, size) REFERENCES log.checkpoints
);

-- The size of the last tree that each witness has cosigned, as far as it told us.
CREATE TABLE log.witnesses (
    origin  text   NOT NULL REFERENCES log.logs,
    witness text   NOT NULL,
    size    bigint NOT NULL,
    PRIMARY KEY (origin, witness)
) WITH (fillfactor = 20);

-- What a person must look at: the signer has stopped, or a witness does not cosign. Gone when it is over.
CREATE TABLE log.alarms (
    origin text   NOT NULL,
    source text   NOT NULL,
    kind   text   NOT NULL CHECK (kind IN ('stopped', 'fork', 'refused', 'away')),
    reason text   NOT NULL,
    since  bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    PRIMARY KEY (origin, source)
);

GRANT USAGE ON SCHEMA log TO pencere_projector, pencere_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA log TO pencere_projector, pencere_reader;
GRANT INSERT ON ALL TABLES IN SCHEMA log TO pencere_projector;
GRANT UPDATE, DELETE ON log.tiles, log.witnesses, log.alarms TO pencere_projector;
