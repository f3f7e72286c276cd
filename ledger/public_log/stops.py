"""The errors that stop the log. Each text says what is wrong and what to do."""


class LogStoppedError(Exception):
    """The log signs nothing more until a person has repaired it."""


class SignerAheadError(LogStoppedError):
    """The key has signed a larger tree than the ledger has events for."""

    def __init__(self, signed: int, there: int) -> None:
        super().__init__(
            f"the signer is ahead: its key has signed a tree of {signed} events, and the ledger has {there}. The"
            " database is older than what was signed: a backup was restored, or a standby took over too early. Bring"
            " the newer database back; if there is none, see 'The signer is ahead' in docs/operator.md"
        )


class ForkError(LogStoppedError):
    """The tree differs from the one that was signed."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"the tree of {size} events is not the one that was signed: events or tiles were changed, or the database"
            " was restored and written on. `pencere log rebuild` computes the tiles anew, unless the events themselves"
            " are others; `pencere audit verify` names the first of them. See 'The signer is ahead' in docs/operator.md"
        )


class SignerStateError(LogStoppedError):
    """The key or its last signed checkpoint is missing, damaged or readable by others."""


class NotTheSignerError(LogStoppedError):
    """The log is signed by another key than the one that is here."""

    def __init__(self, origin: str, folder: object) -> None:
        super().__init__(
            f"the log {origin} is signed by a key that is not in {folder}: this process cannot sign. That is as it"
            " should be where another machine signs; else bring the folder with the log's key here"
        )


class DamagedTilesError(LogStoppedError):
    """The tiles do not belong to one tree."""

    def __init__(self) -> None:
        super().__init__("the tiles of the public log are damaged: `pencere log rebuild` computes them anew")


class MissingEventError(LogStoppedError):
    """An event is missing. Appending never leaves a gap: the event was deleted by hand."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the event at position {position} is missing; bring the database back from a backup")
