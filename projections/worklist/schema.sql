-- One row for each case that has been at a desk; the open ones are in the indexes. Rows of ended cases stay, since
-- a case can be opened again.
CREATE TABLE cases (
    case_id            uuid   PRIMARY KEY,
    agency             text   NOT NULL,
    desk               text   NOT NULL,
    submitted_position bigint NOT NULL,
    reference          text   NOT NULL,
    service            text   NOT NULL,
    service_version    bigint NOT NULL,
    stage              text   NOT NULL,
    official           text, -- a pseudonym, of this case only
    channel            text   NOT NULL,
    language           text   NOT NULL,
    time_zone          text   NOT NULL,
    submitted_at       bigint NOT NULL, -- microseconds since 1970 (UTC), as all instants
    last_day           bigint, -- a day, 1 for 0001-01-01: see projections/dates.py
    ended_at           bigint, -- NULL: open
    marked_overdue_on  bigint, -- the local date on which the clock has said that it is overdue
    evidence_owed      bigint NOT NULL -- 1: nobody is given it before what resources hold is there
) WITH (fillfactor = 80);
CREATE INDEX cases_at_desk ON cases (agency, desk, submitted_position) WHERE ended_at IS NULL;
CREATE INDEX cases_unassigned ON cases (agency, desk, submitted_position)
    WHERE ended_at IS NULL AND official IS NULL AND evidence_owed = 0;
CREATE INDEX cases_of_official ON cases (official) WHERE ended_at IS NULL;
