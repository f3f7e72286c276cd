-- The last position that was recorded at or before an instant (microseconds): what was known then. 0: nothing was.
CREATE FUNCTION ledger.position_at(instant bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $$
DECLARE
    low    bigint := 0;
    high   bigint := (SELECT h.position FROM ledger.head h);
    middle bigint;
BEGIN
    -- recorded_at never decreases with position, so thirty look-ups find it.
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT e.recorded_at FROM ledger.events e WHERE e.position = middle) <= instant THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END
$$;

REVOKE ALL ON FUNCTION ledger.position_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.position_at TO pencere_writer, pencere_projector, pencere_reader;
