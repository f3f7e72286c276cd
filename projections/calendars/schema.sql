-- One row for each calendar, and one for each act in it. JSON is kept as it was recorded.
CREATE TABLE calendars (
    calendar     text   PRIMARY KEY,
    jurisdiction text   NOT NULL,
    territory    text,            -- NULL: the whole jurisdiction
    working_week text   NOT NULL,
    version      bigint NOT NULL, -- how many acts it has
    position     bigint NOT NULL  -- of the first one
);
CREATE TABLE acts (
    calendar text   NOT NULL,
    number   bigint NOT NULL,
    position bigint NOT NULL,
    act      text   NOT NULL, -- JSON
    entries  text   NOT NULL, -- JSON
    PRIMARY KEY (calendar, number)
);
CREATE UNIQUE INDEX acts_known ON acts (calendar, position);
