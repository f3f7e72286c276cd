-- One row for each case whose legal term has a last day; the open ones are in the indexes. The day is a local date in
-- the case's time zone (1 for 0001-01-01); instants are microseconds since 1970 (UTC).
CREATE TABLE cases (
    case_id   uuid   PRIMARY KEY,
    last_day  bigint NOT NULL,
    time_zone text   NOT NULL,
    agency    text   NOT NULL,
    service   text   NOT NULL,
    reference text   NOT NULL,
    ended_at  bigint, -- NULL: open
    marked_overdue_on bigint -- the local date on which the clock has said that it is overdue
) WITH (fillfactor = 90);
CREATE INDEX cases_due ON cases (last_day, case_id) WHERE ended_at IS NULL;
CREATE INDEX cases_unmarked ON cases (last_day, case_id) WHERE ended_at IS NULL AND marked_overdue_on IS NULL;
CREATE INDEX cases_due_agency ON cases (agency, last_day, case_id) WHERE ended_at IS NULL;
CREATE INDEX cases_due_service ON cases (service, last_day, case_id) WHERE ended_at IS NULL;
