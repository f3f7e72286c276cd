-- Agencies, services and all versions of these. JSON is kept as it was recorded. Instants are microseconds since 1970
-- (UTC); days are local dates (1 for 0001-01-01).
CREATE TABLE agencies (
    agency    text   PRIMARY KEY,
    name      text   NOT NULL, -- JSON: language -> text
    time_zone text   NOT NULL,
    desks     text   NOT NULL, -- JSON: names
    limits    text   NOT NULL, -- JSON: name of a desk -> open cases that an official may have there
    stand_ins text   NOT NULL, -- JSON: name of a desk -> agency and desk that stand in for it
    calendar  text,            -- by which its terms are counted; NULL: Monday to Friday
    version   bigint NOT NULL, -- of its stream
    position  bigint NOT NULL
);
-- How many agencies there are in each time zone.
CREATE TABLE zones (
    time_zone text   PRIMARY KEY,
    agencies  bigint NOT NULL
);
CREATE TABLE services (
    stream    uuid   PRIMARY KEY,
    service   text   NOT NULL,
    agency    text   NOT NULL,
    published bigint,          -- the version that was published last; NULL: none, or it was withdrawn
    withdrawn_in bigint NOT NULL, -- position of the last withdrawal; 0: never
    version   bigint NOT NULL, -- of its stream
    position  bigint NOT NULL
);
CREATE INDEX services_name ON services (service);
CREATE TABLE versions (
    stream       uuid   NOT NULL,
    number       bigint NOT NULL,
    status       text   NOT NULL,
    definition   text   NOT NULL, -- JSON
    drafted_at   bigint NOT NULL,
    published_at bigint,
    ended_at     bigint,          -- superseded or withdrawn
    drafted_in   bigint NOT NULL, -- positions of the events
    published_in bigint,
    ended_in     bigint,
    after_withdrawal bigint NOT NULL, -- position of the last withdrawal before its publication; 0: none
    valid_from   bigint,          -- days; NULL: from its publication, without end
    valid_to     bigint,
    PRIMARY KEY (stream, number)
);
CREATE INDEX versions_published ON versions (stream, published_in) WHERE published_in IS NOT NULL;
-- When which version was published.
CREATE TABLE publications (
    position bigint PRIMARY KEY,
    stream   uuid   NOT NULL,
    number   bigint NOT NULL
);
-- Which elements a version asks applicants for, and which services ever had a version that does.
CREATE TABLE questions (
    stream  uuid   NOT NULL,
    number  bigint NOT NULL,
    element text   NOT NULL,
    PRIMARY KEY (stream, number, element)
);
CREATE TABLE asking (
    element text NOT NULL,
    service text NOT NULL,
    stream  uuid NOT NULL,
    PRIMARY KEY (element, service)
);
-- Which elements a version needs from which resource, and which services ever had a version that does.
CREATE TABLE evidence (
    stream   uuid   NOT NULL,
    number   bigint NOT NULL,
    resource text   NOT NULL,
    element  text   NOT NULL,
    PRIMARY KEY (stream, number, resource, element)
);
CREATE TABLE relying (
    resource text NOT NULL,
    service  text NOT NULL,
    stream   uuid NOT NULL,
    PRIMARY KEY (resource, service)
);
-- What the register has made a version owe: another version by a day. The debt ends with a later version.
CREATE TABLE duties (
    stream     uuid   NOT NULL,
    number     bigint NOT NULL,
    position   bigint NOT NULL,
    kind       text   NOT NULL, -- held_elements_asked, evidence_source_lost
    resource   text   NOT NULL,
    elements   text   NOT NULL, -- JSON: names
    publish_by bigint NOT NULL, -- day
    noted_at   bigint NOT NULL,
    PRIMARY KEY (stream, number, position)
);
-- Of which elements and resources the agency was told, about which version.
CREATE TABLE told (
    stream   uuid   NOT NULL,
    number   bigint NOT NULL,
    kind     text   NOT NULL, -- as of the duty
    element  text   NOT NULL,
    resource text   NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (stream, number, kind, element, resource)
);
