"""Row: from a submission to the drawn official, with three keepers, compared with the window as its own only one."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

import httpx2
import psycopg
from joserfc.jwk import OKPKey

from application.access.callers import Caller, Role
from application.catalogue.changes import change_catalogue
from application.catalogue.register_requests import CoordinatorNaming, RulesSetting
from application.clock import system_clock
from application.draws.rosters import take_seat
from application.event_loop import run
from application.key_files import kept_key
from application.settings import Settings
from bench.figures import Contender, Contest, Measured, measured
from bench.ground import Ground
from bench.lives import AGENCY
from bench.people import COORDINATOR, SUBMISSION, bearer, citizen, open_for_business, settings_of
from bench.servers import OURS, ROOT, serving
from cli.databases import Databases
from cli.demo_catalogue import SERVICES
from cli.wiring import open_window
from consumers.keeper.folder import KeeperFolder
from domain.register.values import DrawKeeper, DrawRules, RegisterRules

_OFFICIALS: Final = 40
_EACH_SECOND: Final = 5
_PATIENCE: Final = 120.0
Found = TypeVar("Found")
_ANCHORED: Final = "SELECT count(*) FROM ledger.events WHERE topic = 'desk.draw_chain_anchored'"
_SIZE: Final = """
SELECT sum(octet_length(open) + octet_length(sealed)) / count(*) FILTER (WHERE topic = 'desk.official_drawn')
  FROM ledger.events WHERE topic LIKE 'desk.draw\\_%' OR topic = 'desk.official_drawn'
"""
_DRAWN: Final = """
SELECT s.recorded_at / 1e6::float8, a.recorded_at / 1e6::float8
  FROM ledger.events s LEFT JOIN ledger.events a ON a.stream = s.stream AND a.topic = 'case.assigned'
 WHERE s.topic = 'case.submitted'
"""


@contextmanager
def with_three_keepers(ground: Ground) -> Iterator[Contest]:
    """Compare three keepers, each a process that talks to the window by HTTP, with the window's own one."""
    yield Contest(
        Contender("three keepers", lambda seconds: _drawn(ground, seconds, 3)),
        Contender("the window's own keeper", lambda seconds: _drawn(ground, seconds, 0)),
    )


def _drawn(ground: Ground, seconds: float, keepers: int) -> Measured:
    """Submit at an even pace for so many seconds, wait until everybody was drawn for, and return how long that took."""
    settings = settings_of(ground)
    with ExitStack() as stack:
        place = stack.enter_context(ground.fresh())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pencere-bench-")))
        folders = {UUID(int=number + 1): KeeperFolder(folder / str(number)) for number in range(keepers)}
        run(_open(settings, place, {name: _public(own) for name, own in folders.items()}))
        address = f"http://127.0.0.1:{stack.enter_context(serving(ground, place, *OURS))}"
        with httpx2.Client(base_url=address, timeout=30) as client:
            key = _until_there(partial(_log_key, client), "the log has no key yet")
            for name, own in folders.items():
                stack.enter_context(_beside(address, name, key, own.path))
            _until_there(partial(_are_anchored, place, max(1, keepers)), "keepers have no chains yet")
            began = time.monotonic()
            for number in range(round(seconds * _EACH_SECOND)):
                time.sleep(max(0.0, began + number / _EACH_SECOND - time.monotonic()))
                headers = {**bearer(settings, citizen(number)), "Content-Type": "application/json"}
                client.post("/v1/cases", content=SUBMISSION, headers=headers).raise_for_status()
            return _figures(place, f"{_EACH_SECOND} cases a second, {_OFFICIALS} officials")


def _figures(place: Databases, note: str) -> Measured:
    with psycopg.connect(place.owner, autocommit=True) as owner:

        def all_times() -> list[tuple[float, float]] | None:
            times = owner.execute(_DRAWN).fetchall()
            return times if all(drawn is not None for _, drawn in times) else None

        times = _until_there(all_times, "cases wait for an official")
        [(size,)] = owner.execute(_SIZE).fetchall()
    took = max(drawn for _, drawn in times) - min(submitted for submitted, _ in times)
    told = f"{note}; the events of a draw have {size:,.0f} bytes"
    return measured([drawn - submitted for submitted, drawn in times], took, told)


async def _open(settings: Settings, place: Databases, keepers: dict[UUID, OKPKey]) -> None:
    async with open_window(settings, place) as window:
        await open_for_business(window)
        (desk,) = {service.desk for service in SERVICES if service.agency == AGENCY}
        for number in range(_OFFICIALS):
            await take_seat(window, Caller("bench", f"official-{number}", Role.OFFICIAL, AGENCY), desk)
        if not keepers:
            return
        named = tuple(
            DrawKeeper(id=name, name=f"keeper-{name.int}", key=str(key.as_dict(private=False)["x"]))
            for name, key in keepers.items()
        )
        rules = RegisterRules(draw=DrawRules(keepers=named))
        naming = CoordinatorNaming(agency=AGENCY, from_date=system_clock().date(), act="Decree 1")
        await change_catalogue(window, COORDINATOR, naming)
        await change_catalogue(window, COORDINATOR._replace(agency=AGENCY), RulesSetting(rules=rules))


def _public(own: KeeperFolder) -> OKPKey:
    return kept_key(own.key_file, "Ed25519", "sig")


def _log_key(client: httpx2.Client) -> str | None:
    answer = client.get("/log/key")
    return answer.text.strip() if answer.is_success else None


def _are_anchored(place: Databases, chains: int) -> bool | None:
    with psycopg.connect(place.owner) as owner:
        return owner.execute(_ANCHORED).fetchone() == (chains,) or None


def _until_there(found: Callable[[], Found | None], otherwise: str) -> Found:
    """Return what is found, as soon as it is there."""
    give_up_at = time.monotonic() + _PATIENCE
    while (there := found()) is None:
        if time.monotonic() > give_up_at:
            raise TimeoutError(otherwise)
        time.sleep(0.05)  # between two looks
    return there


@contextmanager
def _beside(address: str, name: UUID, key: str, folder: Path) -> Iterator[None]:
    words = ["keeper", "run", address, "--name", str(name), "--log-key", key, "--folder", str(folder)]
    command = [sys.executable, "-m", "cli", *words]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
