-- How far what leaves the house has left it. The event log itself is the outbox: nothing is copied here.

CREATE SCHEMA outbox;

-- A channel is one publisher's work; everything up to its position has been acknowledged by the receiver.
CREATE TABLE outbox.channels (
    channel  text   PRIMARY KEY,
    position bigint NOT NULL
) WITH (fillfactor = 20);

-- The last numbers that were given, as of that position: of an agency's events, of what stands in a partition.
CREATE TABLE outbox.sequences (
    channel  text   NOT NULL REFERENCES outbox.channels,
    name     text   NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (channel, name)
) WITH (fillfactor = 20);

GRANT USAGE ON SCHEMA outbox TO pencere_projector, pencere_reader;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA outbox TO pencere_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA outbox TO pencere_reader;
