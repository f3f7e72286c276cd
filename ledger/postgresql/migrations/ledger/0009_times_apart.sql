-- The events of one request have one time, and no two requests have the same, also when they are appended together:
-- else two cases of one person, changed at the same moment, would have an equal value. The time of a request is that of
-- the batch and its number in the batch, in microseconds. `requests` counts from 0, in order.
--
-- The first row that it returns has the time of the batch's first request.
CREATE OR REPLACE FUNCTION ledger.append(
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
                         + coalesce(requests[n], 0)
    RETURNING position - n, recorded_at - coalesce(requests[n], 0) INTO base, now_us;

    -- The usual case: nobody is refused, and the unique indexes are the check.
    BEGIN
        INSERT INTO ledger.events (position, stream, version, recorded_at, topic, salt, open, sealed)
        SELECT base + o, s,
               CASE WHEN f IS NULL OR f = 0
                      OR (SELECT true FROM ledger.events e WHERE e.stream = s AND e.version = f LIMIT 1)
                    THEN v END,
               now_us + r, t, a, p, z
          FROM unnest(streams, versions, follows, topics, salts, opens, sealeds, requests)
               WITH ORDINALITY AS u (s, v, f, t, a, p, z, r, o);
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
    SELECT base + row_number() OVER (ORDER BY o), s, v, now_us + r, t, a, p, z
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
