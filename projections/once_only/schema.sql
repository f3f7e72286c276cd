-- What once only comes to, for each month of cases, resource, service and agency: a part. The month is that of the local
-- date on which a case's term began, for everything that ever happens to the case.
CREATE TABLE parts (
    month    text   NOT NULL, -- YYYY-MM
    resource text   NOT NULL,
    service  text   NOT NULL,
    agency   text   NOT NULL,
    changes  bigint NOT NULL, -- how many there are
    PRIMARY KEY (month, resource, service, agency)
);
CREATE INDEX parts_of_service ON parts (service, month, resource);
CREATE INDEX parts_of_agency ON parts (agency, month, resource);
CREATE INDEX parts_of_agency_by_service ON parts (agency, service, month);
CREATE INDEX parts_of_resource ON parts (resource, month, service);
CREATE INDEX parts_by_service ON parts (month, service);
CREATE INDEX parts_by_agency ON parts (month, agency);
CREATE TABLE tallies (
    month    text   NOT NULL,
    resource text   NOT NULL,
    service  text   NOT NULL,
    agency   text   NOT NULL,
    measure  text   NOT NULL,
    detail   text   NOT NULL,
    amount   bigint NOT NULL, -- as of now
    PRIMARY KEY (month, resource, service, agency, measure, detail)
) WITH (fillfactor = 50);
-- The same, by the event that has counted it: the sum up to a position is the amount as of that position.
CREATE TABLE changes (
    month    text   NOT NULL,
    resource text   NOT NULL,
    service  text   NOT NULL,
    agency   text   NOT NULL,
    position bigint NOT NULL,
    measure  text   NOT NULL,
    detail   text   NOT NULL,
    amount   bigint NOT NULL,
    PRIMARY KEY (month, resource, service, agency, position, measure, detail)
);
-- The same, summed over blocks of positions, so that nobody has to sum all changes.
CREATE TABLE blocks (
    month    text   NOT NULL,
    resource text   NOT NULL,
    service  text   NOT NULL,
    agency   text   NOT NULL,
    block    bigint NOT NULL,
    measure  text   NOT NULL,
    detail   text   NOT NULL,
    amount   bigint NOT NULL,
    PRIMARY KEY (month, resource, service, agency, block, measure, detail)
) WITH (fillfactor = 70);
-- The cases whose version of their service needs evidence.
CREATE TABLE cases (
    case_id  uuid   PRIMARY KEY,
    month    text   NOT NULL,
    service  text   NOT NULL,
    agency   text   NOT NULL,
    requests text   NOT NULL, -- JSON: id of a request -> what is needed to count its answer
    disputes text   NOT NULL, -- JSON: id of a dispute -> its resource, and the resource's latest word
    ended    bigint NOT NULL  -- 1: nobody waits any more
) WITH (fillfactor = 80);
-- What each version of a service asks.
CREATE TABLE versions (
    service   text   NOT NULL,
    version   bigint NOT NULL,
    questions text   NOT NULL, -- JSON: the elements of its questions
    needs     bigint NOT NULL, -- how much evidence it needs
    PRIMARY KEY (service, version)
);
-- What integrated resources answer now, in one row.
CREATE TABLE register (
    name      text PRIMARY KEY,
    answering text NOT NULL -- JSON: resource -> elements
);
