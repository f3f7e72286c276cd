"""What people do at any time, on both sides of a desk; each move is checked against the model."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from application.cases.casework import Written
from application.cases.erasure import erase_person
from application.cases.recusal import recuse
from application.cases.requests import Decision, MessageToSend, Submission, Withdrawal
from application.cases.submission import submit
from application.draws.giving_back import give_back, take_from_parties
from application.draws.requesting import request_draw
from application.draws.rosters import (
    declare_absence,
    declare_conflict,
    end_absence,
    end_conflict,
    leave_seat,
    take_seat,
)
from application.draws.standing_in import move_to_stand_in
from domain.case.events import CaseAssigned
from domain.desk.refusals import TooFewToDrawAmong
from domain.draw.eligibility import FEWEST
from ledger.published.codec import decode
from tests.application.town import ISSUER
from tests.draws.draw_model import DESK_NAME, MOVES, PEOPLE, WORDS, Case
from tests.draws.draw_town import DrawTown, done, state_of
from tests.draws.steered import LOG, drawn, reveal_all
from tests.mandates.family import NUMBER, accepted, named


class DrawMoves(DrawTown):
    """The moves; whoever was erased makes none."""

    @rule(move=st.sampled_from(MOVES), person=st.sampled_from(PEOPLE), number=st.integers(0, 7))
    def moves(self, move: str, person: str, number: int) -> None:
        """Let somebody do something. It is one rule, because Hypothesis leaves some rules out of an example."""
        if person not in self.model.erased:
            getattr(self, f"_{move}")(person, number)

    # --- applicants

    def _submits(self, person: str, _: int) -> None:
        request = Submission(service=self.service, answers={"person.name": "Ana"}, nonce="5e" * 32)
        made = self.runs(submit(self.window, self.citizen(person), request, "internet", None))
        self.model.cases.append(Case(made.case_id, person, {person}))

    def _submits_for(self, person: str, number: int) -> None:
        """Represent somebody, by a mandate that is given and accepted for it."""
        other = PEOPLE[number % len(PEOPLE)]
        if other != person and other not in self.model.erased:
            made = self.runs(self._represented(person, other))
            self.model.mandates.add((other, person))
            self.model.cases.append(Case(made.case_id, other, {other, person}))

    async def _represented(self, person: str, other: str) -> Written:
        mandate = await accepted(
            self.window,
            self.citizen(other),
            self.citizen(person),
            receiver=named(self.identifier(person)),
            services=(self.service,),
            first_day=self.model.today,
            last_day=self.model.today,
        )
        request = Submission(service=self.service, answers={"person.name": "Ana"}, mandate=mandate)
        return await submit(self.window, self.citizen(person), request, "internet", None)

    def _withdraws(self, _: str, number: int) -> None:
        case = self._some_case(number)
        if case is not None and self.tries(self._changes(self.citizen(case.applicant), case, Withdrawal())):
            case.is_open = False

    # --- officials

    def _sits_down(self, person: str, _: int) -> None:
        if seat := self.tries(take_seat(self.window, self.official(person), DESK_NAME)):
            self._has_seat(person, seat)

    def _leaves(self, person: str, _: int) -> None:
        is_done = self.tries(done(leave_seat(self.window, self.official(person), DESK_NAME)))
        assert bool(is_done) == (person in self.model.sitting)
        if is_done:
            self.model.sitting.discard(person)
            self.model.away.discard(person)
            self._has_no_conflicts(person)

    def _is_away(self, person: str, _: int) -> None:
        away = declare_absence(self.window, self.official(person), DESK_NAME, self.model.today, None)
        if self.tries(done(away)):
            self.model.away.add(person)

    def _is_back(self, person: str, _: int) -> None:
        if self.tries(done(end_absence(self.window, self.official(person), DESK_NAME))):
            self.model.away.discard(person)

    def _declares_a_conflict(self, person: str, number: int) -> None:
        other = PEOPLE[number % len(PEOPLE)]
        declared = declare_conflict(self.window, self.official(person), DESK_NAME, NUMBER, self.identifier(other))
        if made := self.tries(declared):
            self.model.conflicts.setdefault((person, other), []).append(made)

    def _ends_a_conflict(self, person: str, number: int) -> None:
        other = PEOPLE[number % len(PEOPLE)]
        for made in self.model.conflicts.pop((person, other), []):
            self.runs(end_conflict(self.window, self.official(person), DESK_NAME, made))

    def _has_no_conflicts(self, person: str) -> None:
        self.model.conflicts = {pair: made for pair, made in self.model.conflicts.items() if pair[0] != person}

    def _recuses(self, _: str, number: int) -> None:
        case = self._some_case(number, drawn=True)
        if (
            case is not None
            and case.worker
            and self.tries(recuse(self.window, self.official(case.worker), case.case_id))
        ):
            case.worker = None

    def _decides(self, person: str, number: int) -> None:
        """Have somebody try to decide: only the official who was drawn can."""
        case = self._some_case(number, drawn=True)
        if case is None:
            return
        who = case.worker if number % 4 and case.worker else person
        reasons = None if case.applicant in self.model.erased else "So."
        decision = Decision(outcome="granted", legal_basis="Act 1", reasons=reasons)
        if self.tries(self._changes(self.official(who), case, decision)):
            assert who == case.worker
            self.happened["decided"] += 1  # it still has an official, or is drawn for again, until it is closed

    def _writes(self, person: str, number: int) -> None:
        """Have the applicant's or the official's side write, or somebody who is on neither."""
        case = self._some_case(number, drawn=True)
        if case is None:
            return
        who = self.official(case.worker or person) if number % 2 else self.citizen(person)
        if self.tries(self._changes(who, case, MessageToSend(words=WORDS))):
            case.messages += 1
            assert (case.worker is not None) if number % 2 else (person in case.parties)

    # --- the window

    def _a_draw_is_requested(self, _: str, number: int) -> None:
        case = self._some_case(number, drawn=False)
        if case is None or case.case_id in self.pending:
            return
        can = {person for person in PEOPLE if not self.model.must_not_decide(person, case)}
        waits = case.is_open and case.worker is None
        try:
            is_requested = self.runs(request_draw(self.window, case.case_id, self._held_at, LOG))
        except TooFewToDrawAmong:
            assert len(can) < FEWEST, "there were enough of them"
            self.happened["too few"] += 1
            self._is_moved(case)
            return
        assert is_requested == waits
        if is_requested:
            self.pending[case.case_id] = can

    def _is_moved(self, case: Case) -> None:
        """Have the other agency's desk take over about half of the cases that too few can take, and draw for it."""
        if case.case_id.int % 2:
            return  # the others wait for their own desk
        assert self.runs(move_to_stand_in(self.window, case.case_id, self._held_at, LOG))
        self.happened["moved"] += 1
        self.model.cases.remove(case)
        self.model.moved.append(case)
        self.runs(drawn(self.window, case.case_id))
        assert self.runs(state_of(self.window, case.case_id)).official is not None

    def _shares_are_revealed(self, _: str, __: int) -> None:
        self.runs(reveal_all(self.window, self.agency, DESK_NAME))
        for case in self.model.cases:
            could = self.pending.pop(case.case_id, None)
            if could is not None and case.is_open:
                self._is_drawn(case, could)

    def _is_drawn(self, case: Case, could: set[str]) -> None:
        """Check whom the draw has picked, as the vault knows them: somebody who could be drawn at its request."""
        entries = self.runs(self.window.ledger.read_stream(case.case_id))
        assigned = [event for event in (decode(entry).event for entry in entries) if isinstance(event, CaseAssigned)]
        who = self.runs(self._who(case, UUID(assigned[-1].official)))
        state = self.runs(state_of(self.window, case.case_id))
        if who is None:
            assert state.official is None, "nobody holds the seat, and the case is given to it"
            return
        assert who in could
        assert who not in case.parties
        self.happened["drawn again" if case.had_it else "drawn"] += 1
        case.had_it.add(who)
        case.worker = who if state.official else None

    def _cases_are_given_back(self, _: str, __: int) -> None:
        self.runs(give_back(self.window, self.agency, DESK_NAME, self._held_at))
        self.runs(take_from_parties(self.window, self.agency, DESK_NAME, self._held_at))
        for case in self.model.cases:
            if case.worker and self.model.must_be_taken(case.worker, case):
                self.happened["given back"] += case.is_open
                case.worker = None if case.is_open else case.worker

    def _a_day_goes_by(self, _: str, __: int) -> None:
        self.days.ahead += timedelta(days=1)
        self.model.today += timedelta(days=1)

    def _is_erased(self, person: str, number: int) -> None:
        if number > 2:  # else nobody would be left
            return
        self.runs(erase_person(self.window, ISSUER, self.name(person)))
        self.model.erased.add(person)
        self.model.sitting.discard(person)
        for case in self.model.cases:
            case.worker = None if case.worker == person else case.worker
