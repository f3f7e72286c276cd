-- How far each subscription's webhook is, and what it has met. Which subscriptions there are is in the ledger.

CREATE SCHEMA webhooks;

CREATE TABLE webhooks.channels (
    subscription  text   PRIMARY KEY,
    sequence      bigint NOT NULL,           -- everything up to it was delivered: the agency's sequence
    obeyed        bigint NOT NULL,           -- version of the subscription up to which its orders are carried out
    failures      bigint NOT NULL DEFAULT 0, -- tries that have failed one after the other
    failing_since bigint,                    -- microseconds since 1970 (UTC), as all instants
    next_try      bigint,
    last_failure  text,
    disabled_at   bigint
) WITH (fillfactor = 20);

GRANT USAGE ON SCHEMA webhooks TO pencere_projector, pencere_reader;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA webhooks TO pencere_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA webhooks TO pencere_reader;
