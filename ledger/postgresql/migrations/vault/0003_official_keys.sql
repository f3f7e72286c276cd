-- An official's key in a case is made for one attempt at being given that case, within the limit of open cases.

-- Says whether the person may try for the case, and under which key:
--   ('made', ref)      the key is made, and it is the caller's alone: on losing the case the caller may drop it
--   ('found', key_ref) a key of an attempt that has ended without saying so: the caller may use it, and never drop it
--   ('tried', NULL)    another attempt of the same person is under way
--   ('full', NULL)     the person has as many keys as may be, not counting `idle`: those of cases that are not theirs
-- Keys that were made since `idle` was found out count as open cases, so many attempts at once never pass the limit.
CREATE FUNCTION vault.try_for_case(ref uuid, tag bytea, asked uuid, idle uuid[], most int)
RETURNS TABLE (verdict text, at_key_ref uuid)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $$
DECLARE
    known_ref  uuid;
    known_from timestamptz;
BEGIN
    -- One attempt of a person at a time; each statement below sees what the attempts before have committed.
    PERFORM pg_advisory_xact_lock(7237122, hashtext(encode(tag, 'hex')));
    SELECT k.key_ref, k.created_at INTO known_ref, known_from FROM vault.keys k
     WHERE k.person_tag = tag AND k.case_id = asked AND k.role = 'official';
    IF known_ref = ref THEN -- sent again, because the answer got lost
        RETURN QUERY SELECT 'made', ref;
        RETURN;
    END IF;
    IF (SELECT count(*) FROM vault.keys k
         WHERE k.person_tag = tag AND k.role = 'official' AND k.case_id <> asked AND NOT k.key_ref = ANY (idle)) >= most
    THEN
        RETURN QUERY SELECT 'full', NULL::uuid;
        RETURN;
    END IF;
    -- What is dropped is dropped within a minute (see drop_tried), so after two nobody drops it any more.
    IF known_ref IS NOT NULL AND known_from < clock_timestamp() - interval '2 minutes' THEN
        RETURN QUERY SELECT 'found', known_ref;
    ELSIF known_ref IS NOT NULL THEN
        RETURN QUERY SELECT 'tried', NULL::uuid;
    ELSE
        INSERT INTO vault.keys (key_ref, person_tag, case_id, role) VALUES (ref, tag, asked, 'official');
        RETURN QUERY SELECT 'made', ref;
    END IF;
END
$$;

-- Destroys the key of an attempt that was lost. It is the caller's alone for two minutes; a caller that has slept for
-- longer than one leaves it where it is.
CREATE FUNCTION vault.drop_tried(ref uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog
AS $$
    DELETE FROM vault.keys k
     WHERE k.key_ref = ref AND k.role = 'official' AND k.created_at > clock_timestamp() - interval '1 minute'
$$;

REVOKE ALL ON FUNCTION vault.try_for_case, vault.drop_tried FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.try_for_case, vault.drop_tried TO pencere_vault;
