-- Agencies, services and all versions of these. JSON is kept as it was recorded.
CREATE TABLE agencies (
    agency    text   PRIMARY KEY,
    name      text   NOT NULL, -- JSON: language -> text
    time_zone text   NOT NULL,
    desks     text   NOT NULL, -- JSON: names
    limits    text   NOT NULL, -- JSON: name of a desk -> open cases that an official may have there
    version   bigint NOT NULL, -- of its stream
    position  bigint NOT NULL
);
CREATE TABLE services (
    stream    uuid   PRIMARY KEY,
    service   text   NOT NULL,
    agency    text   NOT NULL,
    published bigint,          -- the version that may be asked for
    version   bigint NOT NULL, -- of its stream
    position  bigint NOT NULL
);
CREATE INDEX services_name ON services (service);
CREATE TABLE versions (
    stream       uuid   NOT NULL,
    number       bigint NOT NULL,
    status       text   NOT NULL,
    definition   text   NOT NULL, -- JSON
    drafted_at   bigint NOT NULL, -- microseconds since 1970 (UTC)
    published_at bigint,
    ended_at     bigint,          -- superseded or withdrawn
    PRIMARY KEY (stream, number)
);
