-- The desks whose cases are drawn for. Nobody here is a person: seats are counted, not listed.
CREATE TABLE desks (
    desk_id   uuid   PRIMARY KEY,
    agency    text   NOT NULL,
    desk      text   NOT NULL,
    seats     bigint NOT NULL, -- how many officials sit there
    requested bigint NOT NULL, -- how many draws there were
    drawn     bigint NOT NULL,
    redrawn   bigint NOT NULL, -- of those requested, how many were not a case's first
    recovered bigint NOT NULL, -- how many links guardians had to give back
    chains    text   NOT NULL  -- JSON: keeper -> its last chain
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX desks_named ON desks (agency, desk);

-- One row for each draw.
CREATE TABLE draws (
    desk_id      uuid   NOT NULL,
    number       bigint NOT NULL,
    agency       text   NOT NULL,
    desk         text   NOT NULL,
    case_id      uuid   NOT NULL,
    case_entry   text   NOT NULL,
    log          text   NOT NULL,
    redraw       bigint NOT NULL,
    why          text   NOT NULL,
    nonce        text   NOT NULL,
    commitments  text   NOT NULL, -- JSON, in the order of the list
    excluded     text   NOT NULL, -- JSON: commitments and reasons
    sources      text   NOT NULL, -- JSON: keepers with what each has revealed
    versions     text   NOT NULL, -- JSON: versions of the desk's stream that prove the draw
    position     bigint NOT NULL, -- of the request
    requested_at bigint NOT NULL, -- microseconds since 1970 (UTC)
    late_at      bigint NOT NULL,
    drawn_at     bigint,
    seed         text,
    index        bigint,
    PRIMARY KEY (desk_id, number)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX draws_by_position ON draws (position);
CREATE INDEX draws_of_desk ON draws (agency, desk, number);
CREATE INDEX draws_under_way ON draws (position) WHERE drawn_at IS NULL;
