-- The vault: which key belongs to which person in which case. Nothing here names anybody in clear.

CREATE SCHEMA vault;

-- `key_ref` is random, and is also the pseudonym of the person in that case. `person_tag` is a keyed hash of issuer
-- and subject. An official has a pseudonym only: nothing is ever sealed under it.
CREATE TABLE vault.keys (
    key_ref    uuid        PRIMARY KEY,
    person_tag bytea       NOT NULL CHECK (octet_length(person_tag) = 32),
    case_id    uuid        NOT NULL,
    role       text        NOT NULL CHECK (role IN ('applicant', 'representative', 'official')),
    wrapped    bytea,
    kek_id     text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((wrapped IS NULL) = (role = 'official')),
    CHECK ((kek_id IS NULL) = (wrapped IS NULL)),
    -- Also the index of "my cases": case ids are UUIDv7, so backwards by case_id is newest first.
    CONSTRAINT keys_person_case_role UNIQUE (person_tag, case_id, role)
);
ALTER TABLE vault.keys ALTER COLUMN wrapped SET STORAGE PLAIN;

-- The keys of the keyed hashes: made once, shared by every process.
CREATE TABLE vault.secrets (
    name    text  PRIMARY KEY,
    wrapped bytea NOT NULL,
    kek_id  text  NOT NULL
);

-- Key-encryption keys under which nothing may be stored any more.
CREATE TABLE vault.retired_keks (
    kek_id text PRIMARY KEY
);

-- Whoever stores something wrapped holds this lock shared until its commit; whoever retires a key-encryption key
-- takes it exclusively. So after `retire` has returned, all that is wrapped with a retired one is to be seen, and
-- no more will come.
CREATE FUNCTION vault.may_store(kek text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7237121);
    -- A later statement than the lock, so it sees what was retired while we waited.
    RETURN (SELECT true FROM vault.retired_keks r WHERE r.kek_id = kek LIMIT 1) IS NULL;
END
$$;

CREATE FUNCTION vault.retire(keks text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7237121);
    INSERT INTO vault.retired_keks (kek_id) SELECT unnest(keks) ON CONFLICT DO NOTHING;
END
$$;

-- Stores the keys that are not there yet (`wrappeds` has an empty string for an official); returns the key of each
-- person, case and role: its ordinal from 1, and `at_wrapped` only where another key was there before. No row for
-- an ordinal means: wrap again and ask again. The caller sorts by person, case and role, so that two of them that
-- want the same keys wait for each other in the same order.
CREATE FUNCTION vault.make_keys(
    refs uuid[], tags bytea[], cases uuid[], roles text[], wrappeds bytea[], kek text
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
    INSERT INTO vault.keys (key_ref, person_tag, case_id, role, wrapped, kek_id)
    SELECT r, t, c, l, nullif(w, ''), CASE WHEN w <> '' THEN kek END
      FROM unnest(refs, tags, cases, roles, wrappeds) AS u (r, t, c, l, w)
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

-- Stores the secret unless there is one of that name.
CREATE FUNCTION vault.keep_secret(called text, value bytea, kek text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $$
BEGIN
    IF vault.may_store(kek) THEN
        INSERT INTO vault.secrets (name, wrapped, kek_id) VALUES (called, value, kek) ON CONFLICT DO NOTHING;
    END IF;
END
$$;

-- Roles. One role works here, and no other gets in. MAINTAIN is for VACUUM after a shred.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO pencere_vault;
GRANT SELECT, INSERT, UPDATE (wrapped, kek_id), DELETE, MAINTAIN ON vault.keys TO pencere_vault;
GRANT SELECT, INSERT, UPDATE (wrapped, kek_id) ON vault.secrets TO pencere_vault;
GRANT SELECT, INSERT ON vault.retired_keks TO pencere_vault;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA vault TO pencere_vault;
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC, pencere_writer, pencere_projector, pencere_reader',
                   current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO pencere_vault', current_database());
END
$$;
