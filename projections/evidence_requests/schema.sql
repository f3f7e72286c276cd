-- The cases that have asked for evidence; what is sealed stays in the ledger.
CREATE TABLE cases (
    case_id  uuid   PRIMARY KEY,
    requests text   NOT NULL, -- JSON: id of a request -> where it stands, and how long is waited
    disputes text   NOT NULL, -- JSON: ids of disputes that no message was made of
    to_make  bigint NOT NULL, -- how many messages must be made
    due_at   bigint,          -- when the next clock runs out, in microseconds since 1970 (UTC)
    ended    bigint NOT NULL  -- 1: nobody waits any more
) WITH (fillfactor = 80);
CREATE INDEX cases_to_make ON cases (case_id) WHERE to_make > 0;
CREATE INDEX cases_due ON cases (due_at, case_id) WHERE due_at IS NOT NULL;
