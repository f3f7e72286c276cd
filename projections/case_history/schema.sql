-- One row for each event of a case, written once. `entry` is the timeline's entry as the API answers it, JSON;
-- `sealed` the event's sealed part as stored, to be opened for whoever may see it.
CREATE TABLE entries (
    case_id  uuid   NOT NULL,
    position bigint NOT NULL,
    stream   uuid   NOT NULL,
    version  bigint NOT NULL,
    entry    bytea  NOT NULL,
    sealed   bytea  NOT NULL,
    PRIMARY KEY (case_id, position)
);
-- Ciphertext does not compress, and short JSON is not worth the time.
ALTER TABLE entries ALTER COLUMN sealed SET STORAGE EXTERNAL, ALTER COLUMN entry SET STORAGE EXTERNAL;
