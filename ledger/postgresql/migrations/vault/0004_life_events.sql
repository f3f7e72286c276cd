-- A life event is a request for several services at once: for as many cases, each with its own key. That they belong
-- together stands here and nowhere else, on the keys themselves, so it goes with them.

-- `life_event` is a keyed hash. `life_event_service` is the service of the catalogue that opens the others.
ALTER TABLE vault.keys
    ADD COLUMN life_event         uuid,
    ADD COLUMN life_event_service text,
    -- Not validated: keys of earlier versions have neither, and reading them all again would stop the window.
    ADD CONSTRAINT keys_life_event_check CHECK (
        (life_event IS NULL) = (life_event_service IS NULL)
        AND (life_event IS NULL OR role IN ('applicant', 'representative'))) NOT VALID;
CREATE INDEX keys_life_event ON vault.keys (person_tag, life_event) WHERE life_event IS NOT NULL;

-- As in 0001; `events` and `services` have the life event to which each key's case belongs, or the nil id and an empty
-- string.
CREATE FUNCTION vault.make_keys(
    refs uuid[], tags bytea[], cases uuid[], roles text[], wrappeds bytea[], kek text, events uuid[], services text[]
) RETURNS TABLE (ordinal bigint, at_key_ref uuid, at_wrapped bytea, at_kek_id text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog
SET plan_cache_mode = force_generic_plan
SET jit = off
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    made bigint;
BEGIN
    IF NOT vault.may_store(kek) THEN
        RETURN;
    END IF;
    INSERT INTO vault.keys (key_ref, person_tag, case_id, role, wrapped, kek_id, life_event, life_event_service)
    SELECT r, t, c, l, nullif(w, ''), CASE WHEN w <> '' THEN kek END,
           nullif(e, '00000000-0000-0000-0000-000000000000'), nullif(s, '')
      FROM unnest(refs, tags, cases, roles, wrappeds, events, services) AS u (r, t, c, l, w, e, s)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
    IF made = cardinality(refs) THEN
        RETURN QUERY SELECT o, r, NULL::bytea, NULL::text FROM unnest(refs) WITH ORDINALITY AS u (r, o);
        RETURN;
    END IF;
    RETURN QUERY
    SELECT o, k.key_ref, k.wrapped, k.kek_id
      FROM unnest(tags, cases, roles) WITH ORDINALITY AS u (t, c, l, o)
     CROSS JOIN LATERAL (
           SELECT key_ref, wrapped, kek_id FROM vault.keys
            WHERE person_tag = t AND case_id = c AND role = l LIMIT 1) AS k;
END
$$;

-- Processes of the version before still call it this way.
CREATE OR REPLACE FUNCTION vault.make_keys(
    refs uuid[], tags bytea[], cases uuid[], roles text[], wrappeds bytea[], kek text
) RETURNS TABLE (ordinal bigint, at_key_ref uuid, at_wrapped bytea, at_kek_id text)
LANGUAGE sql VOLATILE SET search_path = pg_catalog
AS $$
    SELECT * FROM vault.make_keys(refs, tags, cases, roles, wrappeds, kek,
                                  array_fill(NULL::uuid, ARRAY[cardinality(refs)]),
                                  array_fill(NULL::text, ARRAY[cardinality(refs)]))
$$;

REVOKE ALL ON FUNCTION vault.make_keys(uuid[], bytea[], uuid[], text[], bytea[], text, uuid[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.make_keys(uuid[], bytea[], uuid[], text[], bytea[], text, uuid[], text[])
    TO pencere_vault;
