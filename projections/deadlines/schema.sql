-- One row for each case that has a legal deadline; the open ones are in the indexes. Instants are microseconds
-- since 1970 (UTC).
CREATE TABLE cases (
    case_id   uuid   PRIMARY KEY,
    due       bigint NOT NULL,
    agency    text   NOT NULL,
    service   text   NOT NULL,
    reference text   NOT NULL,
    ended_at  bigint -- NULL: open
) WITH (fillfactor = 90);
CREATE INDEX cases_due ON cases (due, case_id) WHERE ended_at IS NULL;
CREATE INDEX cases_due_agency ON cases (agency, due, case_id) WHERE ended_at IS NULL;
CREATE INDEX cases_due_service ON cases (service, due, case_id) WHERE ended_at IS NULL;
