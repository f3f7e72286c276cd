"""A window whose log is signed, with officials at a desk, a worker that requests draws, and keepers over HTTP."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import httpx2

from application.access.callers import Role
from application.clock import Clock, system_clock
from application.draws.escrow import parts_for
from application.draws.keepers import OWN
from consumers.drawing import DrawWorker
from consumers.keeper.folder import KeeperFolder
from consumers.keeper.keeper import Keeper, Policy
from consumers.keeper.kept_chains import KeptChains
from consumers.keeper.served_window import ServedWindow
from ledger.channels.draws import DrawsOffice
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.postgresql.task_ending import end
from ledger.public_log.note import VerifierKey
from tests.api.people import ANSWERS, Person, address_of
from tests.log.waiting import until
from tests.proofs.kept_window import KeptWindow, kept_window


class Office(NamedTuple):
    """A kept window with officials at its north desk."""

    kept: KeptWindow
    officials: Sequence[Person]

    @property
    def agency(self) -> str:
        """The agency of the desk."""
        return self.kept.people.agency

    def draws(self) -> list[dict[str, Any]]:
        """Return what everybody can read of the desk's draws."""
        items: list[dict[str, Any]] = self.kept.people.anyone.asks(f"/v1/draws/{self.agency}/north").json()["items"]
        return items

    def requested(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many draws were requested; return them."""
        until(lambda: len(self.draws()) >= count)
        return self.draws()

    def submitted(self, **more: Any) -> httpx2.Response:
        """Submit a request for the desk's service; `more` are members of it."""
        people = self.kept.people
        answer = people.citizen.sends("/v1/cases", {"service": people.service, "answers": ANSWERS, **more})
        assert answer.is_success, answer.text
        return answer

    def official_of(self, case: httpx2.Response) -> Person | None:
        """Return who may read the case as its official; None while nobody was drawn."""
        mine = [
            official
            for official in self.officials
            if any(
                item["caseId"] == case.json()["caseId"]
                for item in official.asks("/v1/desks/north/worklist?show=mine").json()["items"]
            )
        ]
        assert len(mine) <= 1
        return mine[0] if mine else None

    def history(self, case: httpx2.Response) -> list[dict[str, Any]]:
        """Return the events of a case as its applicant reads them."""
        read = self.kept.people.citizen.asks(
            f"{address_of(case)}/history", position=self.kept.window.everything_recorded()
        )
        events: list[dict[str, Any]] = read.json()["items"]
        return events


@contextmanager
def office(
    postgres: EmbeddedPostgres, name: str, folder: Path, officials: int = 4, clock: Clock = system_clock
) -> Iterator[Office]:
    """Run a window with officials at its north desk, and a worker that requests draws."""
    with ExitStack() as stack:
        kept = stack.enter_context(kept_window(postgres, name, folder, clock))
        seated = [
            kept.window.somebody(Role.OFFICIAL, f"official-{number}", kept.people.agency, ("north",))
            for number in range(officials)
        ]
        for one in seated:
            stack.callback(one.http.close)
            taken = one.sends("/v1/desks/north/seat", method="PUT")
            assert taken.is_success, taken.text
        until(lambda: _seats(kept) == [officials])  # a keeper sees the desk in the same view
        window = kept.window
        drawing = DrawsOffice(kept.where.projector)
        worker = DrawWorker(window._window, window.services.views, drawing, window.settings.log_origin, every=0.2)
        running = window.runs(begun(worker))
        stack.callback(lambda: window.runs(end(running)))
        yield Office(kept, seated)


def _seats(kept: KeptWindow) -> list[int]:
    desks = kept.people.anyone.asks("/v1/draws/desks").json()["items"]
    return [desk["seats"] for desk in desks]


async def begun(worker: DrawWorker) -> asyncio.Task[None]:
    """Have a worker run beside the window's requests."""
    return asyncio.create_task(worker.run())


@contextmanager
def keeper(
    at: Office, folder: Path | None = None, name: UUID = OWN, witnesses: Sequence[VerifierKey] = ()
) -> Iterator[Keeper]:
    """Yield a keeper of the window's draws: its own one, or another with its folder."""
    own = KeeperFolder(folder or at.kept.window.settings.data / "draw-keeper")
    window = ServedWindow(at.kept.window.base_url)
    policy = Policy(VerifierKey.parse(at.kept.vkey), witnesses)
    with closing(window), KeptChains(own.memory) as chains:
        yield Keeper(name, own.key(), window, chains, policy, parts_for)
