"""Three keepers of opposed interest: none is left out, and one that is late is recovered by two of three guardians."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from joserfc.jwk import OKPKey

from application.access.callers import Role
from application.clock import system_clock
from application.draws.escrow import PartsDoNotFitError, part_of
from application.key_files import kept_key
from application.verifying.ledger import check_ledger
from application.verifying.workers import here
from consumers.keeper.folder import KeeperFolder
from consumers.keeper.keeper import Keeper
from consumers.keeper.recovery import LateShare, NotAwaitedError, late_share, recover
from consumers.keeper.served_window import RefusedError, ServedWindow
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.public_log.note import VerifierKey
from tests.draws.kept_draws import Office, keeper, office
from tests.log.waiting import until

_LATE_AFTER = 30


class Clock:
    """A clock that a test can move."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the time."""
        return system_clock() + self.ahead


class Kept(NamedTuple):
    """An office with three keepers and three guardians."""

    at: Office
    clock: Clock
    keepers: tuple[Keeper, ...]
    guardians: tuple[OKPKey, ...]
    window: ServedWindow

    def looks(self, *which: int) -> None:
        """Let keepers look."""
        for number in which:
            self.keepers[number].look()

    def late(self, draw: int, which: int) -> LateShare:
        """Return what is known about a late keeper."""
        key, name = VerifierKey.parse(self.at.kept.vkey), self.keepers[which]._name
        return late_share(self.window, key, self.at.agency, "north", draw, name)

    def parts(self, late: LateShare, *places: int) -> dict[int, bytes]:
        """Return the parts that these guardians open."""
        opened = [part_of(late.chain.parts[place - 1], self.guardians[place - 1]) for place in places]
        return {each.place: bytes.fromhex(each.part) for each in opened}

    def now(self, number: int) -> dict[str, Any]:
        """Return the draw as everybody sees it."""
        return next(draw for draw in self.at.draws() if draw["number"] == number)

    def waiting(self) -> int:
        """Submit a request; return the number of its draw once it was requested."""
        before = len(self.at.draws())
        self.at.submitted()
        number: int = self.at.requested(before + 1)[-1]["number"]
        return number


def public_of(key: OKPKey) -> str:
    return str(key.as_dict(private=False)["x"])


@pytest.fixture(scope="module")
def kept(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder, clock, names = tmp_path_factory.mktemp("recovery"), Clock(), [UUID(int=number) for number in (31, 32, 33)]
    guardians = tuple(kept_key(folder / f"guardian-{number}", "X25519", "enc") for number in (1, 2, 3))
    with ExitStack() as stack:
        at = stack.enter_context(office(postgres, "recovery", folder, clock=clock))
        folders = [KeeperFolder(folder / f"keeper-{number}") for number in range(3)]
        rules = {
            "keepers": [
                {
                    "id": str(name),
                    "name": f"keeper-{name.int}",
                    "key": public_of(kept_key(own.key_file, "Ed25519", "sig")),
                }
                for name, own in zip(names, folders, strict=True)
            ],
            "lateAfter": _LATE_AFTER,
            "guardians": [public_of(each) for each in guardians],
        }
        named = {"agency": at.agency, "fromDate": clock().date().isoformat(), "act": "Decree 7"}
        assert at.kept.people.coordinator.sends("/v1/coordinator", named, method="PUT").is_success
        coordinator = at.kept.window.somebody(Role.COORDINATOR, "coordinator", at.agency)
        stack.callback(coordinator.http.close)
        answer = coordinator.sends("/v1/register/rules", {"rules": {"draw": rules}}, method="PUT")
        assert answer.is_success, answer.text
        keepers = tuple(
            stack.enter_context(keeper(at, own.path, name)) for own, name in zip(folders, names, strict=True)
        )
        window = ServedWindow(at.kept.window.base_url)
        stack.callback(window.close)
        held = Kept(at, clock, keepers, guardians, window)
        held.looks(0, 1, 2)
        yield held


def test_a_draw_waits_for_every_keeper_and_says_who_they_were(kept: Kept) -> None:
    number = kept.waiting()
    kept.looks(0, 2)
    until(lambda: sum(source["revealed"] is not None for source in kept.now(number)["sources"]) == 2)
    assert kept.now(number)["index"] is None
    kept.looks(1)

    until(lambda: kept.now(number)["index"] is not None)
    assert kept.now(number)["independence"] == 3
    told = kept.at.kept.people.anyone.asks("/v1/keepers").json()
    assert (told["independence"], told["lateAfter"], len(told["guardians"])) == (3, _LATE_AFTER, 3)


def test_two_guardians_give_a_late_keepers_link_back_and_its_chain_is_used_no_more(kept: Kept) -> None:
    number = kept.waiting()
    kept.looks(0, 1)
    late = kept.late(number, 2)
    parts = kept.parts(late, 1, 3)
    with pytest.raises(RefusedError, match="keeper-not-late"):
        recover(kept.window, late, parts)
    kept.clock.ahead += timedelta(minutes=_LATE_AFTER)
    recover(kept.window, late, parts)
    until(lambda: kept.now(number)["index"] is not None)

    recovered = [source["keeper"] for source in kept.now(number)["sources"] if source["recovered"]]
    assert recovered == [str(kept.keepers[2]._name)]
    (desk,) = kept.at.kept.people.anyone.asks("/v1/draws/desks").json()["items"]
    assert desk["recovered"] == 1
    with pytest.raises(NotAwaitedError):
        kept.late(number, 2)

    def has_another_chain() -> bool:
        kept.looks(2)
        chain = next(iter(kept.window.desks(kept.keepers[2]._name))).chain
        return chain is not None and (chain.chain, chain.promised, chain.retired) == (2, 0, False)

    until(has_another_chain)


def test_one_guardian_alone_or_with_a_wrong_part_gives_nothing_back(kept: Kept) -> None:
    number = kept.waiting()
    kept.clock.ahead += timedelta(minutes=_LATE_AFTER)
    late = kept.late(number, 0)
    good = kept.parts(late, 1, 2)
    for parts in ({1: good[1]}, {1: good[1], 2: bytes(32)}, {1: good[1], 3: good[2]}, {}, {1: good[1], 4: good[2]}):
        with pytest.raises(PartsDoNotFitError):
            recover(kept.window, late, parts)
    kept.looks(0, 1, 2)

    until(lambda: kept.now(number)["index"] is not None)


def test_a_chain_whose_secret_no_guardian_keeps_is_not_anchored(kept: Kept) -> None:
    desk = next(iter(kept.window.desks(kept.keepers[0]._name)))
    own = kept.keepers[0]
    honest, own._seal_parts = own._seal_parts, lambda _secret, _guardians: ()
    try:
        own._anchor(desk)
    finally:
        own._seal_parts = honest

    assert next(iter(kept.window.desks(own._name))).chain == desk.chain


def test_a_keeper_that_is_not_named_any_more_has_no_part_in_later_draws(kept: Kept, tmp_path: Path) -> None:
    stranger = UUID(int=7)
    with keeper(kept.at, tmp_path / "stranger", stranger) as other:
        other.look()
        assert next(iter(kept.window.desks(stranger))).chain is None


def test_an_audit_finds_nothing_wrong_with_keepers_guardians_and_their_draws(kept: Kept) -> None:
    """The last test of the module: it audits all that the others have led to."""
    checked = check_ledger(kept.at.kept.where.reader, Against(), here, lambda _done, _total: None)

    assert [found for found in checked.findings if found.check != "checkpoint"] == []
    with psycopg.connect(kept.at.kept.where.reader) as reader:
        topics = {topic for (topic,) in reader.execute("SELECT DISTINCT topic FROM ledger.events")}
    assert topics >= {"desk.draw_share_recovered", "desk.draw_chain_retired", "desk.official_drawn"}
