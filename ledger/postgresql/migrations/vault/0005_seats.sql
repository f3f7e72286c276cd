-- An official's seat at a desk is a key like others: a pseudonym of the person in the desk's own stream. A desk has a key
-- too, under which its draws are sealed for auditors. Whoever is drawn gets their pseudonym in the case from the seat.

ALTER TABLE vault.keys
    DROP CONSTRAINT keys_role_check,
    DROP CONSTRAINT keys_sealing_check,
    ADD CONSTRAINT keys_role_check CHECK (role IN ('applicant', 'representative', 'official', 'reader', 'seat', 'desk')),
    ADD CONSTRAINT keys_sealing_check CHECK ((wrapped IS NULL) = (role IN ('official', 'reader', 'seat')));
CREATE INDEX keys_seats ON vault.keys (case_id) WHERE role = 'seat';

-- Whose cases an official must not decide, and by which identifiers applicants are known: keyed hashes, which go with
-- the keys that they belong to.
CREATE TABLE vault.conflicts (
    seat   uuid  NOT NULL REFERENCES vault.keys (key_ref) ON DELETE CASCADE,
    number int   NOT NULL,
    tag    bytea NOT NULL CHECK (octet_length(tag) = 32),
    PRIMARY KEY (seat, number)
);
CREATE TABLE vault.identifiers (
    key_ref uuid  NOT NULL REFERENCES vault.keys (key_ref) ON DELETE CASCADE,
    tag     bytea NOT NULL CHECK (octet_length(tag) = 32),
    PRIMARY KEY (key_ref, tag)
);
CREATE INDEX identifiers_tag ON vault.identifiers (tag);

-- Each seat at the desk, with what excludes its holder from the case `asked`: a part in it, a conflict with somebody who
-- has one, or having had it; and how many of `held` (the pseudonyms of officials in open cases) are theirs.
CREATE FUNCTION vault.seats_for(desk uuid, asked uuid, held uuid[])
RETURNS TABLE (seat uuid, is_party boolean, is_in_conflict boolean, has_had_it boolean, load bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
    SELECT s.key_ref,
           EXISTS (SELECT FROM vault.keys k
                    WHERE k.person_tag = s.person_tag AND k.case_id = asked AND k.role IN ('applicant', 'representative')),
           EXISTS (SELECT FROM vault.conflicts c
                     JOIN vault.identifiers i ON i.tag = c.tag
                     JOIN vault.keys k ON k.key_ref = i.key_ref
                    WHERE c.seat = s.key_ref AND k.case_id = asked),
           EXISTS (SELECT FROM vault.keys k
                    WHERE k.person_tag = s.person_tag AND k.case_id = asked AND k.role = 'official'),
           (SELECT count(*) FROM vault.keys k
             WHERE k.key_ref = ANY (held) AND k.role = 'official' AND k.person_tag = s.person_tag)
      FROM vault.keys s
     WHERE s.case_id = desk AND s.role = 'seat'
$$;

-- Gives the holder of the seat this pseudonym in a case, and returns the one that they have there: an earlier attempt may
-- have given another. No row: nobody holds the seat any more.
CREATE FUNCTION vault.draw_for_case(drawn uuid, asked uuid, ref uuid) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $$
BEGIN
    INSERT INTO vault.keys (key_ref, person_tag, case_id, role)
    SELECT ref, s.person_tag, asked, 'official' FROM vault.keys s WHERE s.key_ref = drawn AND s.role = 'seat'
    ON CONFLICT DO NOTHING;
    RETURN QUERY
    SELECT k.key_ref FROM vault.keys s
      JOIN vault.keys k ON k.person_tag = s.person_tag AND k.case_id = asked AND k.role = 'official'
     WHERE s.key_ref = drawn AND s.role = 'seat';
END
$$;

-- Each key that makes somebody sit at the desk or did so until now, with the cases among `held` that are its holder's.
-- A seat without any has one row with NULLs.
CREATE FUNCTION vault.held_at(desk uuid, held uuid[]) RETURNS TABLE (seat uuid, official uuid, in_case uuid)
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
    SELECT s.key_ref, k.key_ref, k.case_id
      FROM vault.keys s
      LEFT JOIN vault.keys k ON k.person_tag = s.person_tag AND k.role = 'official' AND k.key_ref = ANY (held)
     WHERE s.case_id = desk AND s.role = 'seat'
$$;

REVOKE ALL ON FUNCTION vault.seats_for, vault.draw_for_case, vault.held_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.seats_for, vault.draw_for_case, vault.held_at TO pencere_vault;
GRANT SELECT, INSERT, DELETE, MAINTAIN ON vault.conflicts, vault.identifiers TO pencere_vault;
