"""What happens in cases after they were asked for: whatever somebody may do, in random order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from api.development_issuer import ISSUER
from application.cases.erasure import erase_person
from application.clock import system_clock
from application.draws.giving_back import give_back
from application.draws.holding import Held
from tests.api.people import Person
from tests.blindness.cast import NAMES, NUMBER, Cast, Played


class Life(Cast):
    """People who have asked for something, and all that becomes of it."""

    def is_lived(self, moves: int) -> None:
        """Do what makes everybody take part in several cases, in random order, and then whatever comes."""
        begins: list[Callable[[], object]] = [
            lambda: self.asks("ana", "town"),
            lambda: self.has_a_life_event("ana"),
            lambda: self.asks("ben", "county"),
            lambda: self.asks("cem", "town"),
            self.has_a_representative,
        ]
        self.dice.shuffle(begins)
        for begin in begins:
            begin()
        for case in self.dice.sample(self.cases, len(self.cases)):
            for name in self.dice.sample(NAMES, len(NAMES)):
                self.is_drawn(name, case)
        for _ in range(moves):
            self.dice.choice(_MOVES)(self, self.dice.choice(self.cases))

    def has_a_representative(self) -> None:
        """Have Cem act for Ana in two cases of hers."""
        mandate = self.gives_a_mandate("ana", "cem")
        for _ in range(2):
            self.asks("cem", "town", mandate)

    def on_case(self, case: Played, who: Person, what: str, body: Mapping[str, Any] | None = None) -> None:
        """Change a case as somebody who has just read it."""
        seen = who.asks(case.path, position=self.window.everything_recorded())
        if seen.is_success:
            answer = self.counts(what, who.sends(f"{case.path}/{what}", body or {}, seen=seen))
            case.has_ended |= answer.is_success and what in {"decision", "closing", "withdrawal"}

    def _one_of(self, names: set[str]) -> str | None:
        left = sorted(names - self.erased)
        return self.dice.choice(left) if left else None

    def on_side_of_official(self, case: Played, what: str, body: Mapping[str, Any] | None = None) -> None:
        """Have the official of the case do something."""
        if case.official and case.official not in self.erased:
            self.on_case(case, self.official(case.official), what, body)

    def on_side_of_applicant(self, case: Played, what: str, body: Mapping[str, Any] | None = None) -> None:
        """Have the applicant or somebody who acts for them do something."""
        if name := self._one_of(case.side_of_applicant):
            self.on_case(case, self.citizen(name), what, body)

    def writes(self, case: Played) -> None:
        """Write a message, from either side."""
        side = self.dice.choice((self.on_side_of_official, self.on_side_of_applicant))
        side(case, "messages", {"words": f"About {self.marker()}."})

    def reports(self, case: Played) -> None:
        """Report that the other side has tried to get in touch, from either side."""
        side = self.dice.choice((self.on_side_of_official, self.on_side_of_applicant))
        side(case, "contact-reports", {"statement": f"They told {self.marker()}."})

    def is_asked(self, case: Played) -> None:
        """Ask the applicant, who answers."""
        self.on_side_of_official(case, "questions", {"question": f"What of {self.marker()}?"})
        self.on_side_of_applicant(case, "answers", {"answer": f"It is {self.marker()}."})

    def decides(self, case: Played) -> None:
        """Decide the case."""
        ground = f"Building Act, article {self.marker()}"
        self.on_side_of_official(
            case, "decision", {"outcome": "granted", "legalBasis": ground, "reasons": f"For {self.marker()}."}
        )

    def takes_a_step(self, case: Played) -> None:
        """Record a step."""
        self.on_side_of_official(case, "steps", {"step": "T02 check", "note": f"It says {self.marker()}."})

    def takes_longer(self, case: Played) -> None:
        """Extend the term."""
        why = {"ground": f"Building Act, article {self.marker()}", "reason": f"Of {self.marker()}."}
        self.on_side_of_official(case, "extension", {"by": {"days": 3, "kind": "working"}} | why)

    def is_closed(self, case: Played) -> None:
        """Close the case."""
        self.on_side_of_official(case, "closing")

    def withdraws(self, case: Played) -> None:
        """Withdraw the request."""
        self.on_side_of_applicant(case, "withdrawal", {"reason": f"Since {self.marker()}."})

    def is_given_to_somebody(self, case: Played) -> None:
        """Have a draw pick somebody."""
        self.is_drawn(self.dice.choice(NAMES), case)

    def leaves(self, case: Played) -> None:
        """Represent somebody no longer."""
        if name := self._one_of(case.representatives):
            self.counts("leaves", self.citizen(name).sends(f"{case.path}/representation", method="DELETE"))

    def declares_a_conflict(self, _: Played) -> None:
        """Declare a conflict of interest with somebody by their identifier."""
        name, other = self.dice.sample(NAMES, 2)
        body = {"element": NUMBER, "value": self.identifier(other)}
        self.counts("conflict", self.official(name).sends("/v1/desks/north/seat/conflicts", body))
        self.in_conflict[other].add(name)

    def joins(self, case: Played) -> None:
        """Join a case by a mandate of its applicant's."""
        for giver, receiver, mandate in self.mandates:
            if giver == case.applicant and receiver not in case.people and giver not in self.erased:
                path = f"{case.path}/representation"
                if self.counts("joins", self.citizen(receiver).sends(path, {"mandate": mandate})).is_success:
                    case.representatives.add(receiver)

    def takes_a_mandate_back(self, _: Played) -> None:
        """Take a mandate back, after which whoever was the representative comes again."""
        if self.mandates:
            giver, receiver, mandate = self.dice.choice(self.mandates)
            if giver not in self.erased:
                path = f"/v1/mandates/{mandate}/revocation"
                self.counts("revocation", self.citizen(giver).sends(path))
                for case in self.cases:
                    self.citizen(receiver).asks(case.path)

    def is_away(self, case: Played) -> None:
        """Be away, so that all cases of an official are taken from them at one moment; be back at once."""
        if case.official and case.official not in self.erased:
            name, seat = case.official, "/v1/desks/north/seat/absence"
            today = {"firstDay": str(system_clock().date())}
            self.counts("absence", self.official(name).sends(seat, today, method="PUT"))
            self.window.runs(give_back(self.window._window, self.agency_of(name), "north", self._held))
            self.official(name).sends(seat, method="DELETE")
            for each in self.cases:
                each.official = None if each.official == name else each.official

    async def _held(self, agency: str, desk: str) -> Held:
        head = await self.window._window.ledger.head()
        views = self.window.services.views
        assert await views.positions.wait_for_views({"worklist"}, head, 20)
        return Held(await views.worklist.held(agency, desk), head)

    def recuses(self, case: Played) -> None:
        """Give a case back unread."""
        if case.official and case.official not in self.erased:
            path = f"{case.path}/recusal"
            if self.counts("recusal", self.official(case.official).sends(path)).is_success:
                case.official = None

    def erases(self, name: str) -> None:
        """Erase somebody, as the operator does."""
        self.window.runs(erase_person(self.window._window, ISSUER, self.subject(name)))
        self.erased.add(name)
        self.done.append("erasure")


_MOVES: Final[Sequence[Callable[[Life, Played], None]]] = (
    *(Life.writes, Life.writes, Life.is_asked, Life.reports, Life.takes_a_step, Life.is_given_to_somebody),
    *(Life.decides, Life.is_closed, Life.withdraws, Life.joins, Life.leaves, Life.recuses, Life.is_away),
    *(Life.takes_a_mandate_back, Life.declares_a_conflict, Life.takes_longer),
)
