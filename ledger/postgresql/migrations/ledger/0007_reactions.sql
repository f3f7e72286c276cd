-- How far each reaction has looked at the ledger. What it has led to is in the ledger.

CREATE SCHEMA reactions;

CREATE TABLE reactions.positions (
    reaction text   PRIMARY KEY,
    position bigint NOT NULL -- everything up to it was looked at, and what it led to is done
) WITH (fillfactor = 20);

GRANT USAGE ON SCHEMA reactions TO pencere_projector, pencere_reader;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA reactions TO pencere_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA reactions TO pencere_reader;
