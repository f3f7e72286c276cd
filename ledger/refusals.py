"""What the ledger says when it does not append."""

from uuid import UUID


class LedgerRefusalError(Exception):
    """The ledger did not append, and nothing of the request is stored."""


class VersionConflictError(LedgerRefusalError):
    """The stream is not at the version that the append expected."""

    def __init__(self, stream: UUID, expected: int) -> None:
        super().__init__(f"stream {stream} is not at version {expected}")
        self.stream = stream
        self.expected = expected


class KeyReusedError(LedgerRefusalError):
    """The idempotency key was used before, with another body."""


class UnstorableEventError(LedgerRefusalError):
    """The database cannot hold the event as it is: a NUL in a topic, a salt that has not 32 bytes, too many bytes."""


class LedgerBusyError(LedgerRefusalError):
    """Too much is waiting already; come back after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"the ledger has too much waiting; retry after {retry_after:g} s")
        self.retry_after = retry_after


class LedgerClosedError(LedgerRefusalError):
    """This process closes its ledger, so it takes nothing on any more; nothing of what was asked is done."""

    def __init__(self) -> None:
        super().__init__("the ledger is closed")


class AwayError(Exception):
    """A database did not answer in time."""


class LedgerUnavailableError(AwayError):
    """The database did not answer in time: the outcome is unknown, and a repeat with the same key tells it."""
