-- What the log has stated last about a case: how many versions it has, and looks at it, in a tree that is published. The
-- signed note counts; whoever was given an earlier one has it.
CREATE TABLE log.head_statements (
    origin  text   NOT NULL,
    case_id uuid   NOT NULL,
    size    bigint NOT NULL,
    note    bytea  NOT NULL,
    PRIMARY KEY (origin, case_id),
    FOREIGN KEY (origin, size) REFERENCES log.checkpoints
);

GRANT SELECT ON log.head_statements TO pencere_projector, pencere_reader;
GRANT INSERT, UPDATE ON log.head_statements TO pencere_projector;
