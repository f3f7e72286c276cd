-- One row for each case: when it is due, and what the clock has said of it; the open ones are in the indexes. Days are
-- local dates in the case's time zone (1 for 0001-01-01); instants are microseconds since 1970 (UTC).
CREATE TABLE cases (
    case_id           uuid   PRIMARY KEY,
    last_day          bigint, -- NULL: no term, or suspended
    time_zone         text   NOT NULL,
    agency            text   NOT NULL,
    service           text   NOT NULL,
    service_version   bigint NOT NULL,
    reference         text   NOT NULL,
    calendar          text   NOT NULL, -- empty: Monday to Friday
    ended_at          bigint, -- NULL: open
    decided_on        bigint, -- NULL: undecided
    marked_overdue_on bigint, -- the local date on which the clock has said that it is overdue
    warned_of         bigint, -- the last day of which the clock has warned
    escalations       bigint NOT NULL,
    asked_on          bigint, -- when the open question to the applicant was asked
    publish_by        bigint  -- when a grant by silence must be public, until it is or was said to be missing
) WITH (fillfactor = 90);
CREATE INDEX cases_due ON cases (last_day, case_id) WHERE ended_at IS NULL;
CREATE INDEX cases_due_agency ON cases (agency, last_day, case_id) WHERE ended_at IS NULL;
CREATE INDEX cases_due_service ON cases (service, last_day, case_id) WHERE ended_at IS NULL;
-- What the clock looks at, beside the two above:
CREATE INDEX cases_of_kind ON cases (service, service_version, calendar, time_zone, last_day, case_id)
    WHERE ended_at IS NULL AND decided_on IS NULL;
CREATE INDEX cases_asked ON cases (service, service_version, calendar, time_zone, asked_on, case_id)
    WHERE ended_at IS NULL AND decided_on IS NULL AND asked_on IS NOT NULL;
CREATE INDEX cases_unpublished ON cases (publish_by, case_id) WHERE publish_by IS NOT NULL;
CREATE INDEX cases_counted_by ON cases (calendar, last_day, case_id) WHERE ended_at IS NULL AND decided_on IS NULL;
