-- Whoever looks at a case without working on it has a pseudonym of that case too, and no key.

ALTER TABLE vault.keys
    DROP CONSTRAINT keys_role_check,
    DROP CONSTRAINT keys_check,
    ADD CONSTRAINT keys_role_check CHECK (role IN ('applicant', 'representative', 'official', 'reader')),
    ADD CONSTRAINT keys_sealing_check CHECK ((wrapped IS NULL) = (role IN ('official', 'reader')));
