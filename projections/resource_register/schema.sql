-- The register as of any position: what changes has a row for each change, and the newest row up to a position was true
-- then. What begins and ends holds from one position to another. JSON is kept as it was recorded. Instants are
-- microseconds since 1970 (UTC); days are local dates (1 for 0001-01-01).
CREATE TABLE coordinators (
    position  bigint PRIMARY KEY,
    agency    text   NOT NULL,
    from_date bigint NOT NULL, -- day
    begins_at bigint NOT NULL,
    act       text   NOT NULL,
    named_at  bigint NOT NULL
);
CREATE INDEX coordinators_begin ON coordinators (begins_at, position);
CREATE TABLE rules (
    position bigint PRIMARY KEY,
    rules    text   NOT NULL, -- JSON
    set_at   bigint NOT NULL
);
-- The vocabulary now.
CREATE TABLE elements (
    element    text   PRIMARY KEY,
    type       text   NOT NULL,
    title      text   NOT NULL, -- JSON: language -> text
    identifies bigint NOT NULL, -- 1: its value can name a person
    holder     text,            -- the authoritative resource
    shared_by  text   NOT NULL  -- JSON: the others that hold it; the first comes next
);
CREATE TABLE element_versions (
    element    text   NOT NULL,
    position   bigint NOT NULL,
    type       text   NOT NULL,
    title      text   NOT NULL,
    identifies bigint NOT NULL,
    holder     text,
    shared_by  text   NOT NULL,
    PRIMARY KEY (element, position)
);
-- The resources now.
CREATE TABLE resources (
    resource      text   PRIMARY KEY,
    status        text   NOT NULL,
    description   text   NOT NULL, -- JSON
    integration   text,            -- JSON
    proposed_in   bigint NOT NULL, -- position of the proposal that counts
    proposed_at   bigint NOT NULL,
    refused_at    bigint,
    approved_at   bigint,
    audited_on    bigint,          -- day
    in_use_at     bigint,
    integrated_at bigint,
    retired_on    bigint,          -- day
    retired_why   text,            -- JSON: language -> text
    successor     text,
    archived_at   bigint,
    archive       text,
    answered      text   NOT NULL  -- JSON: element -> position since which the resource answers it
);
CREATE TABLE resource_versions (
    resource      text   NOT NULL,
    position      bigint NOT NULL,
    status        text   NOT NULL,
    description   text   NOT NULL,
    integration   text,
    proposed_in   bigint NOT NULL,
    proposed_at   bigint NOT NULL,
    refused_at    bigint,
    approved_at   bigint,
    audited_on    bigint,
    in_use_at     bigint,
    integrated_at bigint,
    retired_on    bigint,
    retired_why   text,
    successor     text,
    archived_at   bigint,
    archive       text,
    PRIMARY KEY (resource, position)
);
-- Which integrated resources answer an element: from one position to before another; the largest bigint stands for no
-- end.
CREATE TABLE answers (
    element  text   NOT NULL,
    resource text   NOT NULL,
    since    bigint NOT NULL,
    until    bigint NOT NULL,
    PRIMARY KEY (element, resource, since)
);
CREATE INDEX answers_now ON answers (until, element, resource);
-- Which resources have ever answered an element.
CREATE TABLE answering (
    element  text   NOT NULL,
    resource text   NOT NULL,
    position bigint NOT NULL, -- of the last change
    PRIMARY KEY (element, resource)
);
CREATE TABLE judgements (
    resource  text   NOT NULL,
    position  bigint NOT NULL,
    approval  text   NOT NULL,
    body      text   NOT NULL,
    verdict   text   NOT NULL,
    reasons   text   NOT NULL, -- JSON: language -> text
    judged_at bigint NOT NULL,
    PRIMARY KEY (resource, position)
);
CREATE TABLE sharings (
    resource   text   NOT NULL,
    position   bigint NOT NULL,
    elements   text   NOT NULL, -- JSON: names
    reasons    text   NOT NULL, -- JSON: language -> text
    allowed_at bigint NOT NULL,
    PRIMARY KEY (resource, position)
);
CREATE TABLE changes (
    resource    text   NOT NULL,
    position    bigint NOT NULL,
    changed_on  bigint NOT NULL, -- days
    due_on      bigint NOT NULL,
    notified_on bigint NOT NULL,
    PRIMARY KEY (resource, position)
);
-- The terms of use now, and who has had to do with them. A name may be asked for again.
CREATE TABLE grants (
    name        text   PRIMARY KEY,
    status      text   NOT NULL,
    agency      text   NOT NULL,
    resource    text   NOT NULL,
    elements    text   NOT NULL, -- JSON: names
    purpose     text   NOT NULL, -- JSON: language -> text
    legal_basis text   NOT NULL,
    reasons     text,            -- JSON: why it was refused or ended
    asked_at    bigint NOT NULL,
    decided_at  bigint,
    ended_at    bigint
);
CREATE TABLE grant_versions (
    name        text   NOT NULL,
    position    bigint NOT NULL,
    status      text   NOT NULL,
    agency      text   NOT NULL,
    resource    text   NOT NULL,
    elements    text   NOT NULL,
    purpose     text   NOT NULL,
    legal_basis text   NOT NULL,
    reasons     text,
    asked_at    bigint NOT NULL,
    decided_at  bigint,
    ended_at    bigint,
    PRIMARY KEY (name, position)
);
CREATE TABLE grant_parties (
    part     text   NOT NULL, -- agency or resource
    party    text   NOT NULL,
    name     text   NOT NULL,
    asked_in bigint NOT NULL, -- position, the last time
    PRIMARY KEY (part, party, name)
);
