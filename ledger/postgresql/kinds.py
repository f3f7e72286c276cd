"""The kinds of sessions: the name of each at the server, its settings, and its limits."""

import math
from typing import Final, LiteralString, NamedTuple

from psycopg.conninfo import conninfo_to_dict, make_conninfo

ANSWER_WITHIN: Final = 10.0
"""Seconds without an answer after which a session counts as lost."""
CONNECT_WITHIN: Final = 5.0
"""Seconds within which a server must have accepted a session."""

_MINUTE, _HOUR = 60.0, 3600.0
_BY_INDEX: Final = ("plan_cache_mode=force_generic_plan", "jit=off", "enable_seqscan=off")
# An answer promises durability, whatever the server's default; settings that wait for standbys are kept.
_DURABLE: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
# The server ends a session whose client has gone: at once if the connection was closed, else by keepalives. Without
# these settings a machine that was switched off would keep a lock for hours.
_WHEN_WE_ARE_GONE: Final = (
    "client_connection_check_interval=2s",
    "tcp_keepalives_idle=10",
    "tcp_keepalives_interval=5",
    "tcp_keepalives_count=3",
    "idle_in_transaction_session_timeout=5s",
)
_FOLDS_MEANWHILE: Final = "idle_in_transaction_session_timeout=60s"  # instead: Python works within a transaction
# The same from our side, on a network. A stopped server still acknowledges, so we need our own limit too.
_WHEN_IT_IS_GONE: Final = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class SessionKind(NamedTuple):
    """What a session is for.

    Attributes:
        name: its name at the server.
        settings: its settings there, besides its limits.
        answer_within: seconds that we wait for an answer; then the session is closed.
        statement: seconds after which the server itself ends a statement, a little sooner than we do.
        first: the first statement of the session.
    """

    name: str
    settings: tuple[str, ...] = ()
    answer_within: float = ANSWER_WITHIN
    statement: float = 0.8 * ANSWER_WITHIN
    first: LiteralString | None = None

    def within(self, seconds: float | None) -> "SessionKind":
        """Return the kind with a limit of so many seconds, if its own limit is longer."""
        return self if seconds is None else self._replace(answer_within=min(seconds, self.answer_within))

    @property
    def options(self) -> str:
        """The options for the server when the session is opened: our limits and settings."""
        limits = (*_WHEN_WE_ARE_GONE, f"statement_timeout={round(self.statement * 1000)}", *self.settings)
        return " ".join(f"-c {setting}" for setting in limits)

    def conninfo(self, url: str) -> str:
        """Return the connection string; other options in the URL are kept."""
        theirs = str(conninfo_to_dict(url).get("options") or "")
        return make_conninfo(
            url,
            application_name=self.name,
            connect_timeout=math.ceil(min(CONNECT_WITHIN, self.answer_within)),  # the driver takes 2 for 1
            options=f"{theirs} {self.options}".strip(),
            **_WHEN_IT_IS_GONE,
        )


APPEND: Final = SessionKind(
    "pencere append",
    # A transaction that waits for its client, or for anything else, releases the head's lock after this time.
    ("transaction_timeout=5s", "lock_timeout=4s"),
    first=_DURABLE,
)
READ: Final = SessionKind(
    "pencere read",
    # Whatever the statistics say: the tables grow by the hour, and an index answers every query here.
    (*_BY_INDEX, "enable_bitmapscan=off", "enable_hashjoin=off", "enable_mergejoin=off"),
)
VIEWS: Final = SessionKind(
    "pencere views",
    # The parameters are arrays whose length the planner cannot know: always use the indexes.
    (*_BY_INDEX, "enable_hashjoin=off", "enable_mergejoin=off"),
)
VAULT: Final = SessionKind(
    "pencere vault",
    (*_BY_INDEX, "enable_hashjoin=off", "enable_mergejoin=off"),
)
VAULT_VACUUM: Final = SessionKind("pencere vault vacuum", answer_within=10 * _MINUTE, statement=9 * _MINUTE)
SIGNAL: Final = SessionKind("pencere signal", ("synchronous_commit=off",))
FOLLOW: Final = SessionKind("pencere follow")
# Batches of rows: a slow disk is no reason to begin again.
PROJECTOR: Final = SessionKind(
    "pencere projector", (*_BY_INDEX, _FOLDS_MEANWHILE), answer_within=_MINUTE / 2, statement=0.4 * _MINUTE
)
PROJECTOR_LOOK: Final = SessionKind("pencere projector look")
# A server that crashes may lose the last commits. Then the same records are sent again, with the same numbers.
OUTBOX: Final = SessionKind("pencere outbox", ("synchronous_commit=off",))
WEBHOOKS: Final = SessionKind("pencere webhooks")
REACTIONS_HOST: Final = SessionKind("pencere reactions")
EVIDENCE_SENDER: Final = SessionKind("pencere evidence")
DRAWS_HOST: Final = SessionKind("pencere draws")
EVIDENCE_READER: Final = SessionKind("pencere evidence read", _BY_INDEX)
LOG: Final = SessionKind("pencere log", (*_BY_INDEX, _FOLDS_MEANWHILE), answer_within=_MINUTE, statement=0.8 * _MINUTE)
REPLICA: Final = SessionKind(
    "pencere replica", (*_BY_INDEX, _FOLDS_MEANWHILE), answer_within=_MINUTE, statement=0.8 * _MINUTE
)
AUDIT: Final = SessionKind(
    "pencere audit",
    ("default_transaction_read_only=on", *_BY_INDEX),
    answer_within=2 * _MINUTE,
    statement=1.5 * _MINUTE,
)
BULK: Final = SessionKind("pencere bulk", _BY_INDEX, answer_within=10 * _MINUTE, statement=9 * _MINUTE)
# These create indexes, sort whole tables, and fold in Python within a transaction.
WHOLE: Final = SessionKind(
    "pencere rebuild",
    (*_BY_INDEX, "idle_in_transaction_session_timeout=10min"),
    answer_within=12 * _HOUR,
    statement=11 * _HOUR,
)
MIGRATE: Final = SessionKind("pencere migrate", (_FOLDS_MEANWHILE,), answer_within=12 * _HOUR, statement=11 * _HOUR)

KINDS: Final = (
    APPEND,
    READ,
    VIEWS,
    VAULT,
    VAULT_VACUUM,
    SIGNAL,
    FOLLOW,
    PROJECTOR,
    PROJECTOR_LOOK,
    OUTBOX,
    WEBHOOKS,
    REACTIONS_HOST,
    EVIDENCE_SENDER,
    DRAWS_HOST,
    EVIDENCE_READER,
    LOG,
    REPLICA,
    AUDIT,
    BULK,
    WHOLE,
    MIGRATE,
)
"""All kinds: `docs/operator.md` has their limits."""
