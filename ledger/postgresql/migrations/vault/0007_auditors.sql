-- An auditor who opens the identities in a case has a pseudonym in the stream of that opening, and in no other.

ALTER TABLE vault.keys
    DROP CONSTRAINT keys_role_check,
    DROP CONSTRAINT keys_sealing_check,
    ADD CONSTRAINT keys_role_check CHECK (
        role IN ('applicant', 'representative', 'official', 'reader', 'seat', 'desk', 'giver', 'receiver', 'auditor')),
    ADD CONSTRAINT keys_sealing_check CHECK (
        (wrapped IS NULL) = (role IN ('official', 'reader', 'seat', 'receiver', 'auditor')));
