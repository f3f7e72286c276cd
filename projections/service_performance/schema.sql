-- The counts of each service, and of each case what is needed to count it back when it is opened again.
CREATE TABLE totals (
    service   text   PRIMARY KEY,
    submitted bigint NOT NULL,
    open      bigint NOT NULL,
    closed    bigint NOT NULL,
    late      bigint NOT NULL, -- closed after their deadline
    withdrawn bigint NOT NULL,
    granted   bigint NOT NULL, -- decisions that stand
    refused   bigint NOT NULL,
    partly    bigint NOT NULL,
    reopened  bigint NOT NULL,
    steps     bigint NOT NULL
) WITH (fillfactor = 20); -- few rows, changed by every batch
CREATE TABLE cases (
    case_id  uuid PRIMARY KEY,
    service  text NOT NULL,
    deadline bigint, -- microseconds since 1970 (UTC)
    outcome  text,
    ended_at bigint  -- NULL: open
) WITH (fillfactor = 90);
CREATE INDEX cases_open ON cases (service, deadline) WHERE ended_at IS NULL;
