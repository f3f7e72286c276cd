-- One row for each subscription. JSON is kept as it was recorded; NULL stands for all.
CREATE TABLE subscriptions (
    stream                uuid   PRIMARY KEY,
    name                  text   NOT NULL,
    agency                text   NOT NULL,
    status                text   NOT NULL,
    services              text,            -- JSON: names
    topics                text,            -- JSON: names
    endpoint              text,
    reason                text,            -- JSON: language -> text; why it was refused
    version               bigint NOT NULL, -- of its stream
    position              bigint NOT NULL,
    asked_at              bigint NOT NULL, -- microseconds since 1970 (UTC)
    decided_at            bigint,
    ended_at              bigint,
    secret_number         bigint NOT NULL,
    previous_secret_until bigint,
    begins_at             bigint,          -- position of the event after which its webhook begins
    endpoint_version      bigint NOT NULL, -- version at which the endpoint became what it is
    replay_version        bigint NOT NULL, -- version at which a replay was asked for last; 0: never
    replay_after          bigint           -- and after which sequence
);
CREATE UNIQUE INDEX subscriptions_name ON subscriptions (name);
CREATE INDEX subscriptions_agency ON subscriptions (agency, name);
CREATE INDEX subscriptions_by_webhook ON subscriptions (status, name) WHERE endpoint IS NOT NULL;
