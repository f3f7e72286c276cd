-- By which time the reactions to time go. All numbers are microseconds; those of clocks are since 1970.

-- What the wall clock shows when the time since a machine's start is 0. A machine that starts again has another boot.
CREATE TABLE reactions.time_anchors (
    boot     uuid   PRIMARY KEY,
    wall     bigint NOT NULL,
    moved_at bigint NOT NULL -- the time since the start when it was kept last: drift since then is followed
) WITH (fillfactor = 50);

-- What the host saw when it looked last: one row, for /health and /metrics. Differences are the wall clock minus the
-- source; NULL: the source said nothing.
CREATE TABLE reactions.time_standing (
    is_only        boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    looked_at      bigint  NOT NULL,
    stands_still   text,    -- why; NULL: the sources agree
    ledger         bigint  NOT NULL,
    elapsed        bigint,
    server         bigint,
    server_is_away boolean  -- NULL: none is set
) WITH (fillfactor = 20);

GRANT SELECT, INSERT, UPDATE ON reactions.time_anchors, reactions.time_standing TO pencere_projector;
GRANT SELECT ON reactions.time_standing TO pencere_reader;
