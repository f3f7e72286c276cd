-- As in 0005, and whether the holder has become a party to the case since it was drawn for them: by acting for its
-- applicant, or by a mandate of theirs.
DROP FUNCTION vault.held_at(uuid, uuid[]);
CREATE FUNCTION vault.held_at(desk uuid, held uuid[])
RETURNS TABLE (seat uuid, official uuid, in_case uuid, is_party boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
    SELECT s.key_ref, k.key_ref, k.case_id, k.key_ref IS NOT NULL AND vault.is_party(k.person_tag, k.case_id)
      FROM vault.keys s
      LEFT JOIN vault.keys k ON k.person_tag = s.person_tag AND k.role = 'official' AND k.key_ref = ANY (held)
     WHERE s.case_id = desk AND s.role = 'seat'
$$;

REVOKE ALL ON FUNCTION vault.held_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.held_at TO pencere_vault;
