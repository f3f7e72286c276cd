"""A case without a ledger: commands are carried out on it, and what a reaction wants is done once."""

from collections.abc import Sequence
from uuid import UUID

from domain.case.commands import Command
from domain.case.decisions import decide
from domain.case.state import CaseState, evolve
from domain.event import Event
from domain.refusals import Refusal
from reactions.reaction import Wanted, key_of


class CaseInMemory:
    """A case with its events, and the keys of what reactions have done in it."""

    def __init__(self, case_id: UUID) -> None:
        self.id = case_id
        self.state: CaseState | None = None
        self.events: list[Event] = []
        self.keys: set[bytes] = set()

    def asks(self, command: Command) -> Sequence[Event]:
        """Carry the command out, if it is allowed; return its events."""
        try:
            events = decide(command, self.state)
        except Refusal:
            return ()
        for event in events:
            self.state = evolve(self.state, event)
            self.events.append(event)
        return events

    def carries_out(self, reaction: str, number: int, wanted: Wanted) -> Sequence[Event]:
        """Carry out what a reaction wants, once, as the host of the reactions does."""
        key = key_of(reaction, wanted.cause, number, wanted.about)
        if wanted.stream != self.id or key in self.keys:
            return ()
        if events := self.asks(wanted.command):
            self.keys.add(key)
        return events
