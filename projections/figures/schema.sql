-- What the figures of the evaluation are computed from, for each service and month. Nothing here is about one case, but
-- the table of cases, which says what an event of a case takes back or ends.
CREATE TABLE tallies (
    service text   NOT NULL,
    month   text   NOT NULL, -- YYYY-MM, of local dates
    measure text   NOT NULL,
    detail  text   NOT NULL,
    amount  bigint NOT NULL, -- as of now
    PRIMARY KEY (service, month, measure, detail)
) WITH (fillfactor = 50);
-- The same, by the event that has counted it: the sum up to a position is the amount as of that position.
CREATE TABLE changes (
    service  text   NOT NULL,
    month    text   NOT NULL,
    position bigint NOT NULL,
    measure  text   NOT NULL,
    detail   text   NOT NULL,
    amount   bigint NOT NULL, -- 1, or -1 where a reopening takes back what was counted
    PRIMARY KEY (service, month, position, measure, detail)
);
-- Days are local dates (1 for 0001-01-01).
CREATE TABLE cases (
    case_id     uuid   PRIMARY KEY,
    service     text   NOT NULL,
    began       bigint NOT NULL,
    last_day    bigint,
    asked_on    bigint, -- the applicant owes an official an answer since
    decided_on  bigint, -- the decision that stands
    outcome     text,
    finished_on bigint, -- decided, or closed without a decision
    closed_on   bigint,
    turn        text,   -- who is waited for because of evidence: applicant, or resources where only they are
    turn_since  bigint,
    requests    text NOT NULL -- JSON: id of a request that is not answered -> what is needed to count its answer
) WITH (fillfactor = 80);
-- The phases of every version that was drafted.
CREATE TABLE drafts (
    stream   uuid   NOT NULL,
    version  bigint NOT NULL,
    service  text   NOT NULL,
    agency   text   NOT NULL,
    phases   bigint NOT NULL, -- that have steps
    online   bigint NOT NULL, -- of which all steps are electronic
    from_day bigint,          -- NULL: not published
    PRIMARY KEY (stream, version)
);
-- Which version holds from a day on; a withdrawal has no phases.
CREATE TABLE versions (
    service  text   NOT NULL,
    from_day bigint NOT NULL,
    position bigint NOT NULL,
    to_day   bigint, -- NULL: until the next one
    phases   bigint NOT NULL,
    online   bigint NOT NULL,
    PRIMARY KEY (service, from_day, position)
);
-- Every service that was published or asked for, and its agency.
CREATE TABLE services (
    service  text   NOT NULL,
    agency   text   NOT NULL,
    cases    bigint NOT NULL,
    versions bigint NOT NULL, -- how often one was published
    PRIMARY KEY (service, agency)
);
CREATE INDEX services_of_agency ON services (agency, service);
-- Every agency of these.
CREATE TABLE agencies (
    agency   text   PRIMARY KEY,
    cases    bigint NOT NULL,
    versions bigint NOT NULL
);
