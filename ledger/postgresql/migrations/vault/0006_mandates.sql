-- A mandate is a stream of its own, with a key like others: the giver's, under which what it says is sealed. Whoever
-- accepts it has a pseudonym there, and none of the two is equal to any in a case.

ALTER TABLE vault.keys
    DROP CONSTRAINT keys_role_check,
    DROP CONSTRAINT keys_sealing_check,
    ADD CONSTRAINT keys_role_check CHECK (
        role IN ('applicant', 'representative', 'official', 'reader', 'seat', 'desk', 'giver', 'receiver')),
    ADD CONSTRAINT keys_sealing_check CHECK ((wrapped IS NULL) = (role IN ('official', 'reader', 'seat', 'receiver')));

-- Who can open another's key, because of which mandate: a representative the applicant's, a receiver the giver's. There is
-- no copy of the key: whoever is added or removed changes a row here and no event, and when the key is destroyed it is
-- destroyed for all of them. No mandate: because of what the representative's login proves.
CREATE TABLE vault.recipients (
    recipient uuid PRIMARY KEY REFERENCES vault.keys (key_ref) ON DELETE CASCADE,
    opens     uuid NOT NULL REFERENCES vault.keys (key_ref) ON DELETE CASCADE,
    mandate   uuid
);
CREATE INDEX recipients_opens ON vault.recipients (opens);
CREATE INDEX recipients_mandate ON vault.recipients (mandate);

-- To whom a mandate is offered that nobody has accepted or declined: a keyed hash of how their login names them.
CREATE TABLE vault.offers (
    giver uuid  PRIMARY KEY REFERENCES vault.keys (key_ref) ON DELETE CASCADE,
    tag   bytea NOT NULL CHECK (octet_length(tag) = 32)
);
CREATE INDEX offers_tag ON vault.offers (tag);

CREATE INDEX keys_givers ON vault.keys (case_id) WHERE role = 'giver';
CREATE INDEX keys_receivers ON vault.keys (person_tag, case_id) WHERE role = 'receiver';

-- Whether somebody must not decide a case: they have, or have had, a part in it on the applicant's side, or a mandate of
-- its applicant's. Else who has accepted one, and so knows who asks, could give it back and decide.
CREATE FUNCTION vault.is_party(tag bytea, asked uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
    SELECT EXISTS (SELECT FROM vault.keys k
                    WHERE k.person_tag = tag AND k.case_id = asked AND k.role IN ('applicant', 'representative'))
        OR EXISTS (SELECT FROM vault.keys held
                     JOIN vault.keys giver ON giver.case_id = held.case_id AND giver.role = 'giver'
                     JOIN vault.keys own ON own.person_tag = giver.person_tag
                    WHERE held.person_tag = tag AND held.role = 'receiver'
                      AND own.case_id = asked AND own.role = 'applicant')
$$;

-- As in 0005, and whoever has, or has had, a mandate of the applicant's is a party too.
CREATE OR REPLACE FUNCTION vault.seats_for(desk uuid, asked uuid, held uuid[])
RETURNS TABLE (seat uuid, is_party boolean, is_in_conflict boolean, has_had_it boolean, load bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
    SELECT s.key_ref,
           vault.is_party(s.person_tag, asked),
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

-- Stores the key of a new case for whoever has given a mandate, and says whether it could: 'made', or 'gone' when the giver
-- is erased. No row: the key-encryption key is retired, so wrap again. The giver's key is locked until the new one is
-- there, so an erasure either finds the new one or has come first.
CREATE FUNCTION vault.make_for_giver(ref uuid, given uuid, asked uuid, wrapping bytea, kek text) RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $$
DECLARE
    tag bytea;
BEGIN
    IF NOT vault.may_store(kek) THEN
        RETURN;
    END IF;
    SELECT k.person_tag INTO tag FROM vault.keys k WHERE k.key_ref = given AND k.role = 'giver' FOR KEY SHARE;
    IF tag IS NULL THEN
        RETURN NEXT 'gone';
        RETURN;
    END IF;
    INSERT INTO vault.keys (key_ref, person_tag, case_id, role, wrapped, kek_id)
    VALUES (ref, tag, asked, 'applicant', wrapping, kek) ON CONFLICT DO NOTHING; -- sent again, because the answer got lost
    RETURN NEXT 'made';
END
$$;

-- Lets the holder of one key open another, because of a mandate, and takes it off those that are offered.
CREATE FUNCTION vault.let_open(holder uuid, opened uuid, because_of uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog
AS $$
    DELETE FROM vault.offers o WHERE o.giver = opened;
    INSERT INTO vault.recipients (recipient, opens, mandate)
    SELECT h.key_ref, k.key_ref, because_of FROM vault.keys h, vault.keys k WHERE h.key_ref = holder AND k.key_ref = opened
    ON CONFLICT (recipient) DO UPDATE SET opens = excluded.opens, mandate = excluded.mandate;
$$;

REVOKE ALL ON FUNCTION vault.is_party, vault.make_for_giver, vault.let_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.is_party, vault.make_for_giver, vault.let_open TO pencere_vault;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON vault.recipients TO pencere_vault;
GRANT SELECT, INSERT, DELETE, MAINTAIN ON vault.offers TO pencere_vault;
