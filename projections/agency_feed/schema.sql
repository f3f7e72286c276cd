-- Every event that names an agency in its open part, numbered 1..n for that agency before any filter. The events
-- themselves are read from the ledger, byte for byte.
CREATE TABLE deliveries (
    agency   text   NOT NULL,
    sequence bigint NOT NULL,
    position bigint NOT NULL,
    topic    text   NOT NULL,
    service  text,
    PRIMARY KEY (agency, sequence)
);
CREATE INDEX deliveries_topic ON deliveries (agency, topic, sequence);
CREATE INDEX deliveries_service ON deliveries (agency, service, topic, sequence) WHERE service IS NOT NULL;
CREATE TABLE agencies (
    agency   text   PRIMARY KEY,
    sequence bigint NOT NULL -- the last one
) WITH (fillfactor = 20); -- few rows, changed by every batch
-- Which service a stream is about: a case's, or the service itself.
CREATE TABLE streams (
    stream  uuid PRIMARY KEY,
    service text NOT NULL
);
