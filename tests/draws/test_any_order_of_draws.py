"""Officials, cases, draws, messages and erasures in any order: nobody decides in their own cause, whatever happens.

It runs on a real ledger and vault. Every answer's state equals what the stored events alone give, each draw comes out
again from what is public, and neither an auditor of draws nor the audit finds anything in what is left.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from application.cases.casework import CaseNotFoundError
from application.cases.reading import Reading, may_read, open_entry, read_own
from application.draws.auditing import examine
from application.streams import load
from application.verifying.ledger import check_ledger
from application.verifying.workers import here
from domain.case.message_events import MessageSent
from domain.case.refusals import OfficialIsParty
from domain.desk.draw_decisions import fixed_by
from domain.desk.events import DrawRequested, DrawShareRevealed, OfficialDrawn
from domain.desk.state import DeskState
from domain.draw.seed import Share, pick, seed_of
from domain.stream_kinds import DESK
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.published.codec import decode
from tests.application.conftest import OpenWindow
from tests.application.town import ISSUER
from tests.draws.draw_model import DESK_NAME, PEOPLE, WORDS, Case, World
from tests.draws.draw_moves import DrawMoves
from tests.draws.draw_town import state_of


class Draws(DrawMoves):
    """The machine, with what always holds and what holds in the end."""

    @invariant()
    def a_case_is_with_whom_the_model_says(self) -> None:
        for case in self.model.cases[-3:]:
            state = self.runs(state_of(self.window, case.case_id))
            who = None if state.official is None else self.runs(self._who(case, UUID(state.official)))
            assert who == case.worker
            assert who not in case.parties

    def teardown(self) -> None:
        self._shares_are_revealed("", 0)
        self._cases_are_given_back("", 0)
        self.runs(self._the_desk_is_what_its_events_give())
        for case in (*self.model.cases, *self.model.moved):
            self.runs(self._nobody_was_drawn_in_their_own_cause(case))
            self.runs(self._an_auditor_finds_nothing(case))
        self.days.ahead += timedelta(days=1)
        self._cases_are_given_back("", 0)
        for case in self.model.cases:
            self.runs(self._words_are_read_by_both_or_by_nobody(case))

    async def _the_desk_is_what_its_events_give(self) -> None:
        live = (await self.window.catalogue.desk(self.agency, DESK_NAME)).state
        assert isinstance(live, DeskState)
        assert live == (await load(self.window.ledger, DESK, self.desk)).state
        assert {self.model.seats[seat] for seat in live.roster.seats} == self.model.sitting
        requests: dict[int, DrawRequested] = {}
        shares: dict[int, list[Share]] = {}
        for entry in await self.window.ledger.read_stream(self.desk):
            match decode(entry).event:
                case DrawRequested() as request:
                    assert request.number == len(requests) + 1
                    requests[request.number] = request
                case DrawShareRevealed() as share:
                    shares.setdefault(share.number, []).append(Share(share.keeper.bytes, bytes.fromhex(share.link)))
                case OfficialDrawn() as drawn:
                    request = requests[drawn.number]
                    seed = seed_of(fixed_by(request, self.desk), shares[drawn.number])
                    assert (seed.hex(), pick(seed, len(request.commitments))) == (drawn.seed, drawn.index)

    async def _nobody_was_drawn_in_their_own_cause(self, case: Case) -> None:
        """Ask the vault: nobody has a pseudonym on both sides of a case."""
        for person in PEOPLE:
            roles = {
                own.role
                for own in await self.window.vault.keys_of(ISSUER, self.name(person))
                if own.case_id == case.case_id
            }
            assert not ("official" in roles and roles & {"applicant", "representative"})

    async def _an_auditor_finds_nothing(self, case: Case) -> None:
        async for draw in examine(self.window, case.case_id):
            assert list(draw.faults) == []

    async def _words_are_read_by_both_or_by_nobody(self, case: Case) -> None:
        if case.messages == 0:
            return
        readings: list[Reading] = []
        if case.applicant not in self.model.erased:
            readings.append(await read_own(self.window, self.citizen(case.applicant), case.case_id))
        elif (await state_of(self.window, case.case_id)).applicant_is_erased:
            with pytest.raises(CaseNotFoundError):
                await read_own(self.window, self.citizen(case.applicant), case.case_id)
        if case.worker is not None:
            state, who = await state_of(self.window, case.case_id), self.official(case.worker)
            has_mandate = (case.applicant, case.worker) in self.model.mandates  # accepted after the draw
            if has_mandate and case.applicant not in self.model.erased:
                with pytest.raises(OfficialIsParty):
                    await may_read(self.window, who, case.case_id, state)
            else:
                readings.append(await may_read(self.window, who, case.case_id, state))
        for reading in readings:
            for entry in await self.window.ledger.read_stream(case.case_id):
                if isinstance(decode(entry).event, MessageSent):
                    opened = open_entry(reading, entry.sealed, case.case_id, entry.version)
                    read = (opened.fields.get("words"), tuple(opened.erased))
                    self.happened["read as erased" if opened.erased else "read"] += 1
                    assert read == ((None, ("words",)) if case.applicant in self.model.erased else (WORDS, ()))


@contextmanager
def a_world(open_window: OpenWindow) -> Iterator[World]:
    with asyncio.Runner() as runner:
        opened = open_window()
        window = runner.run(opened.__aenter__())
        try:
            yield World(runner, window)
        finally:
            runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize(
    "examples", [pytest.param(10), pytest.param(300, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_in_whatever_order_nobody_decides_in_their_own_cause_and_every_draw_comes_out_again(
    open_window: OpenWindow, postgres: EmbeddedPostgres, ledger_database: str, examples: int
) -> None:
    with a_world(open_window) as world:
        happened = Counter[str]()
        machine = type("DrawsHere", (Draws,), {"world": world, "happened": happened})
        few = settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            phases=[Phase.generate],  # a failing example is shown as it is: making it smaller takes minutes
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=few)
    rare = {"decided", "drawn again", "given back", "read as erased", "too few", "moved"} if examples > 100 else set()
    assert happened.keys() >= {"drawn", "read"} | rare, happened
    reader = postgres.ledger_url("pencere_reader", ledger_database)
    checked = check_ledger(reader, Against(), here, lambda _done, _total: None)

    assert [found for found in checked.findings if found.check != "checkpoint"] == []  # nobody signs here
    assert checked.tree.events > examples
