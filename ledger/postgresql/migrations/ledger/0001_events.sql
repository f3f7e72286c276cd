-- The event log. Nothing here is ever updated but the one row of ledger.head.

CREATE SCHEMA ledger;

-- The gapless counter. Whoever appends locks its row first, so commit order is position order.
CREATE TABLE ledger.head (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    position    bigint  NOT NULL,
    recorded_at bigint  NOT NULL
) WITH (fillfactor = 10);
INSERT INTO ledger.head (position, recorded_at) VALUES (0, 0);

CREATE TABLE ledger.events (
    position    bigint NOT NULL,
    stream      uuid   NOT NULL,
    version     bigint NOT NULL CHECK (version >= 0), -- 1, 2, 3 ...; only foreign streams begin at 0
    recorded_at bigint NOT NULL, -- microseconds since 1970-01-01T00:00:00Z
    topic       text   NOT NULL,
    salt        bytea  NOT NULL CHECK (octet_length(salt) = 32),
    open        bytea  NOT NULL,
    sealed      bytea  NOT NULL,
    PRIMARY KEY (position),
    CONSTRAINT events_stream_version UNIQUE (stream, version)
);
-- Ciphertext does not compress.
ALTER TABLE ledger.events ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- The first 128 bits of keyed hashes, and where the append ended that came with them. Small on purpose: a row
-- here is written with every request.
CREATE TABLE ledger.idempotency_keys (
    key      uuid   PRIMARY KEY,
    body     uuid   NOT NULL,
    position bigint NOT NULL
);

-- An append batch, in one transaction: this call. The arrays of events have one element an event; `requests`
-- numbers the request that an event belongs to (0, 1, 2 ..., ascending); `follows` is the version that the stream
-- must have had (NULL: not looked at; 0: none needed). `key_lasts`, `keys`, `bodies` have one element for each
-- request with an idempotency key; `key_lasts` is the ordinal (from 1) of that request's last event. Within a batch
-- no stream and no key stands in two requests: the caller sees to that.
--
-- Returns the row (-1, 'appended', position before the batch, recorded_at, NULL, NULL) and one row for each request
-- that was not appended, as ledger.judge says it. Accepted requests have the positions after the first row's, in order.
CREATE FUNCTION ledger.append(
    streams uuid[], versions bigint[], follows bigint[], topics text[], salts bytea[], opens bytea[], sealeds bytea[],
    requests int[], key_lasts int[], keys uuid[], bodies uuid[]
) RETURNS TABLE (request int, verdict text, at_position bigint, at_time bigint, at_stream uuid, at_version bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan
SET jit = off
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    n       bigint := cardinality(streams);
    base    bigint;
    now_us  bigint;
    refused int[] := '{}';
BEGIN
    -- The lock. Everything below is a later statement, so it sees whatever was committed before the lock was had.
    UPDATE ledger.head
       SET position = position + n,
           recorded_at = greatest((extract(epoch FROM clock_timestamp()) * 1000000)::bigint, recorded_at + 1)
    RETURNING position - n, recorded_at INTO base, now_us;

    -- The usual case: nobody is refused, and the unique indexes are the check.
    BEGIN
        INSERT INTO ledger.events (position, stream, version, recorded_at, topic, salt, open, sealed)
        SELECT base + o, s,
               CASE WHEN f IS NULL OR f = 0
                      OR (SELECT true FROM ledger.events e WHERE e.stream = s AND e.version = f LIMIT 1)
                    THEN v END,
               now_us, t, a, p, z
          FROM unnest(streams, versions, follows, topics, salts, opens, sealeds)
               WITH ORDINALITY AS u (s, v, f, t, a, p, z, o);
        INSERT INTO ledger.idempotency_keys (key, body, position)
        SELECT k, b, base + l FROM unnest(key_lasts, keys, bodies) AS q (l, k, b);
        RETURN QUERY SELECT -1, 'appended', base, now_us, NULL::uuid, NULL::bigint;
        RETURN;
    EXCEPTION WHEN unique_violation OR not_null_violation THEN
        NULL; -- what the block inserted is gone again; the lock is still ours
    END;

    FOR request, verdict, at_position, at_time, at_stream, at_version IN
        SELECT * FROM ledger.judge(streams, versions, follows, salts, requests, key_lasts, keys, bodies)
    LOOP
        refused := refused || request;
        RETURN NEXT;
    END LOOP;
    INSERT INTO ledger.events (position, stream, version, recorded_at, topic, salt, open, sealed)
    SELECT base + row_number() OVER (ORDER BY o), s, v, now_us, t, a, p, z
      FROM unnest(streams, versions, topics, salts, opens, sealeds, requests)
           WITH ORDINALITY AS u (s, v, t, a, p, z, r, o)
     WHERE NOT r = ANY (refused);
    GET DIAGNOSTICS n = ROW_COUNT;
    INSERT INTO ledger.idempotency_keys (key, body, position)
    SELECT k, b, (SELECT e.position FROM ledger.events e WHERE e.stream = streams[l] AND e.version = versions[l])
      FROM unnest(key_lasts, keys, bodies) AS q (l, k, b)
     WHERE NOT requests[l] = ANY (refused);
    UPDATE ledger.head SET position = base + n;
    RETURN QUERY SELECT -1, 'appended', base, now_us, NULL::uuid, NULL::bigint;
END
$$;

-- Which requests of a batch may not be appended, and why:
--   (request, 'conflict',   NULL, NULL, NULL, NULL)                    the stream is at another version
--   (request, 'key-reused', NULL, NULL, NULL, NULL)                    same key, other body
--   (request, 'repeated',   position, recorded_at, stream, version)    same key, same body: the first answer
--   (request, 'stored',     position, recorded_at, stream, version)    it is stored already
-- A request that is stored with the very same salts is that request, sent again because its answer got lost. This is
-- looked at first: its key, if it has one, was stored with it. Called under the head's lock only.
CREATE FUNCTION ledger.judge(
    streams uuid[], versions bigint[], follows bigint[], salts bytea[],
    requests int[], key_lasts int[], keys uuid[], bodies uuid[]
) RETURNS TABLE (request int, verdict text, at_position bigint, at_time bigint, at_stream uuid, at_version bigint)
LANGUAGE sql VOLATILE
AS $$
    WITH asked AS MATERIALIZED (
        SELECT r, s, v, f, a FROM unnest(requests, streams, versions, follows, salts) AS u (r, s, v, f, a)
    ), by_key AS MATERIALIZED (
        SELECT requests[q.l] AS r, k.body = q.b AS same, e.position, e.recorded_at, e.stream, e.version
          FROM unnest(key_lasts, keys, bodies) AS q (l, k, b)
          JOIN ledger.idempotency_keys k ON k.key = q.k JOIN ledger.events e ON e.position = k.position
    ), by_salt AS MATERIALIZED (
        SELECT DISTINCT ON (asked.r) asked.r, e.position, e.recorded_at, e.stream, e.version
          FROM asked JOIN ledger.events e ON e.stream = asked.s AND e.version = asked.v AND e.salt = asked.a
         ORDER BY asked.r, e.position DESC
    ), taken AS MATERIALIZED (
        SELECT DISTINCT asked.r FROM asked
         WHERE (SELECT true FROM ledger.events e WHERE e.stream = s AND e.version = v LIMIT 1)
            OR (f <> 0 AND (SELECT true FROM ledger.events e WHERE e.stream = s AND e.version = f LIMIT 1) IS NULL)
    )
    SELECT r, CASE WHEN same THEN 'repeated' ELSE 'key-reused' END,
           CASE WHEN same THEN position END, CASE WHEN same THEN recorded_at END,
           CASE WHEN same THEN stream END, CASE WHEN same THEN version END
      FROM by_key WHERE r NOT IN (SELECT r FROM by_salt)
    UNION ALL
    SELECT r, 'stored', position, recorded_at, stream, version
      FROM by_salt
    UNION ALL
    SELECT r, 'conflict', NULL, NULL, NULL, NULL
      FROM taken WHERE r NOT IN (SELECT r FROM by_key) AND r NOT IN (SELECT r FROM by_salt)
$$;

-- Forgets the idempotency keys of events recorded before the given time (microseconds); returns how many.
CREATE FUNCTION ledger.expire_idempotency_keys(before bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
    low    bigint := 0;
    high   bigint := (SELECT h.position FROM ledger.head h);
    middle bigint;
    gone   bigint;
BEGIN
    -- recorded_at never decreases with position, so thirty look-ups find the last position before that time.
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT e.recorded_at FROM ledger.events e WHERE e.position = middle) < before THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    DELETE FROM ledger.idempotency_keys k WHERE k.position <= low;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- Roles. Nobody but the owner may touch events in any way but reading them and calling append.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO pencere_writer, pencere_projector, pencere_reader;
GRANT SELECT ON ledger.head, ledger.events TO pencere_writer, pencere_projector, pencere_reader;
GRANT SELECT ON ledger.idempotency_keys TO pencere_writer;
GRANT EXECUTE ON FUNCTION ledger.append, ledger.expire_idempotency_keys TO pencere_writer;
