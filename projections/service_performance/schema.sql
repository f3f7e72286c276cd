-- The counts of each service, and what each case has to do with them. A case is open from its submission, or from its
-- reopening, until it ends: a spell. Positions tell what was known when; days are local dates (1 for 0001-01-01).
CREATE TABLE totals (
    service   text   PRIMARY KEY,
    submitted bigint NOT NULL,
    open      bigint NOT NULL,
    closed    bigint NOT NULL,
    late      bigint NOT NULL, -- closed after their last day
    marked_overdue bigint NOT NULL, -- said by the clock; what was said stays said
    withdrawn bigint NOT NULL,
    granted   bigint NOT NULL, -- decisions that stand
    refused   bigint NOT NULL,
    partly    bigint NOT NULL,
    reopened  bigint NOT NULL,
    steps     bigint NOT NULL
) WITH (fillfactor = 20); -- few rows, changed by every batch
-- The last spell of each case.
CREATE TABLE cases (
    case_id          uuid   PRIMARY KEY,
    service          text   NOT NULL,
    last_day         bigint, -- NULL: no term, or suspended
    counted_position bigint NOT NULL, -- since which the last day is this one
    time_zone        text   NOT NULL,
    opened_position  bigint NOT NULL,
    reopenings       bigint NOT NULL, -- before this spell
    decided_position bigint,
    outcome          text,
    ended_position   bigint,
    ended_on         bigint, -- NULL: open
    ended_by         text    -- closed, withdrawn
) WITH (fillfactor = 80);
CREATE INDEX cases_open ON cases (service, last_day) WHERE ended_on IS NULL;
CREATE INDEX cases_of_service ON cases (service, opened_position);
-- The spells that a reopening has followed: what they had counted, counts no more since then.
CREATE TABLE past_spells (
    case_id           uuid   NOT NULL,
    opened_position   bigint NOT NULL,
    service           text   NOT NULL,
    last_day          bigint,
    counted_position  bigint NOT NULL,
    time_zone         text   NOT NULL,
    reopenings        bigint NOT NULL,
    decided_position  bigint,
    outcome           text,
    ended_position    bigint NOT NULL,
    ended_on          bigint NOT NULL,
    ended_by          text   NOT NULL,
    reopened_position bigint NOT NULL,
    PRIMARY KEY (case_id, opened_position)
);
CREATE INDEX past_spells_of_service ON past_spells (service, opened_position);
-- The last days that cases had before they were counted anew: from one position on, until another one.
CREATE TABLE past_last_days (
    case_id            uuid   NOT NULL,
    counted_position   bigint NOT NULL,
    last_day           bigint,
    recounted_position bigint NOT NULL,
    PRIMARY KEY (case_id, counted_position)
);
CREATE TABLE steps (
    service  text   NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (service, position)
);
CREATE TABLE overdue_marks (
    service  text   NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (service, position)
);
-- How many cases there are in each time zone.
CREATE TABLE zones (
    time_zone text   PRIMARY KEY,
    cases     bigint NOT NULL
);
