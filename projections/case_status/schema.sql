-- One row for each case: where it stands after its last event. Instants are microseconds since 1970 (UTC).
CREATE TABLE cases (
    case_id         uuid   PRIMARY KEY,
    reference       text   NOT NULL,
    service         text   NOT NULL,
    service_version bigint NOT NULL,
    agency          text   NOT NULL,
    desk            text   NOT NULL,
    stage           text   NOT NULL,
    step            text,
    version         bigint NOT NULL,
    position        bigint NOT NULL,
    channel         text   NOT NULL,
    language        text   NOT NULL,
    time_zone       text   NOT NULL,
    applicant       text   NOT NULL, -- pseudonyms, of this case only
    official        text,
    outcome         text,
    submitted_at    bigint NOT NULL,
    last_day        bigint, -- a day, 1 for 0001-01-01: see projections/dates.py
    marked_overdue_on bigint, -- the local date on which the clock has said that it is overdue
    decided_at      bigint,
    closed_at       bigint,          -- or withdrawn
    last_event_at   bigint NOT NULL
) WITH (fillfactor = 70); -- room for the next row version on the same page, and no index to touch
CREATE INDEX cases_reference ON cases (reference);
