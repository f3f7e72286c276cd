-- The messages by which resources are asked, as they are sent: signed, with a sealed subject that only the resource can
-- open. What has become of a request is in the ledger.

CREATE SCHEMA evidence;

CREATE TABLE evidence.messages (
    message_id   uuid   NOT NULL, -- of a request or a dispute
    turn         bigint NOT NULL, -- 1; 2: the request after a preview
    kind         text   NOT NULL, -- request, dispute
    case_id      uuid   NOT NULL,
    resource     text   NOT NULL,
    raw          bytea  NOT NULL,
    token_digest bytea  NOT NULL, -- SHA-256 of the token with which the resource may call back
    failures     bigint NOT NULL DEFAULT 0,
    next_try     bigint,          -- microseconds since 1970 (UTC); NULL: it need not be sent any more
    PRIMARY KEY (message_id, turn)
) WITH (fillfactor = 50);
CREATE INDEX messages_to_send ON evidence.messages (resource, next_try) WHERE next_try IS NOT NULL;
CREATE UNIQUE INDEX messages_by_token ON evidence.messages (token_digest);

GRANT USAGE ON SCHEMA evidence TO pencere_projector, pencere_reader;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA evidence TO pencere_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA evidence TO pencere_reader;
