"""A process that has appended and does not commit: it holds the head, says so, and its test stops it."""

import sys
from contextlib import closing

import psycopg

from ledger.postgresql.kinds import APPEND

_CALL = (
    b"SELECT * FROM ledger.append(ARRAY[gen_random_uuid()], '{1}', '{0}', '{a.b}',"
    b" ARRAY[sha256('salt')], '{x}', '{x}', '{0}', '{}', '{}', '{}')"
)


def hold(url: str) -> str:
    """Append within a transaction, wait for a line on stdin, and commit; return the outcome."""
    with closing(psycopg.connect(url, options=APPEND.options)) as connection:
        connection.execute(_CALL)
        sys.stdout.write("holds\n")
        sys.stdout.flush()
        sys.stdin.readline()
        try:
            connection.commit()
        except psycopg.Error as error:
            return f"lost: {type(error).__name__}"
    return "committed"


if __name__ == "__main__":
    sys.stdout.write(hold(sys.stdin.readline().strip()) + "\n")
