-- As before, but for `by_salt`: a request is stored only if each of its events is. One that shares some of its events
-- with a stored one is another request; taken for that one, the rest of it would be acknowledged and lost.
CREATE OR REPLACE FUNCTION ledger.judge(
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
    ), last AS MATERIALIZED (
        SELECT DISTINCT ON (asked.r) asked.r, e.position, e.recorded_at, e.stream, e.version
          FROM asked LEFT JOIN ledger.events e ON e.stream = asked.s AND e.version = asked.v AND e.salt = asked.a
         ORDER BY asked.r, e.position DESC NULLS FIRST -- one that is not there comes first
    ), by_salt AS MATERIALIZED (
        SELECT * FROM last WHERE position IS NOT NULL
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

-- Forgets idempotency keys of events recorded before the given time (microseconds), a slice of them; returns how many,
-- and 0 when there is none left. An append with a key that is just being forgotten waits for the end of the slice,
-- and everybody behind it for the head: with ten million keys at once that was four seconds.
CREATE OR REPLACE FUNCTION ledger.expire_idempotency_keys(before bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
    low  bigint := ledger.position_at(before - 1);
    gone bigint;
BEGIN
    DELETE FROM ledger.idempotency_keys
     WHERE ctid = ANY (ARRAY(SELECT k.ctid FROM ledger.idempotency_keys k WHERE k.position <= low LIMIT 20000));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;
