"""A keeper talks to a window by HTTP only: it anchors chains, and reveals each link for one fixed draw."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from application.access.callers import Role
from application.clock import system_clock
from consumers.keeper.keeper import Keeper
from consumers.keeper.kept_chains import KeptChain, KeptChains, Promise, PromisedOtherwiseError, PromisedOutOfTurnError
from consumers.keeper.served_window import AwaitedShare, DeskToKeep, ServedWindow
from domain.draw.chains import link_of
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import ANSWERS, Person
from tests.draws.kept_draws import Office, keeper, office
from tests.draws.town_hall import FRONT
from tests.log.waiting import until


@pytest.fixture(scope="module")
def hall(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(postgres, "keeper", tmp_path_factory.mktemp("keeper")) as at:
        with keeper(at) as own:
            own.look()
        yield at


def waiting(at: Office) -> dict[str, Any]:
    """Submit a request, and wait for its draw to be requested; return the draw."""
    before = len(at.draws())
    at.submitted()
    return at.requested(before + 1)[-1]


def now(at: Office, draw: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in at.draws() if each["number"] == draw["number"])


def settle(at: Office) -> None:
    """Reveal what is still awaited, and wait until everybody sees that nothing is under way."""
    with keeper(at) as own:

        def nothing_is_under_way() -> bool:
            own.look()
            return all(draw["index"] is not None for draw in at.draws())

        until(nothing_is_under_way)


def test_from_a_submission_to_the_drawn_official_over_http(hall: Office) -> None:
    case = hall.submitted()
    draw = hall.requested()[-1]
    assert draw["index"] is None
    with keeper(hall) as own:
        own.look()
    until(lambda: hall.official_of(case) is not None)

    drawn = now(hall, draw)
    assert (drawn["independence"], drawn["redraw"], drawn["why"]) == (1, 0, "first")
    assert 0 <= drawn["index"] < len(drawn["commitments"]) == len(hall.officials)
    assert all(source["revealed"] for source in drawn["sources"])


def test_an_official_who_accepts_a_mandate_of_the_applicant_has_the_case_no_more(hall: Office) -> None:
    somebody, service, today = hall.kept.window.somebody, hall.kept.people.service, str(system_clock().date())
    leyla = somebody(Role.CITIZEN, "leyla", identifiers={"person.number": "LEYLA"})
    case = leyla.sends("/v1/cases", {"service": service, "answers": ANSWERS})
    until(lambda: bool(_drawn_in_the_end(hall, case)))
    official = hall.official_of(case)
    assert official is not None
    at_home = somebody(Role.CITIZEN, official.subject, identifiers={"person.number": "OFFICIAL"})

    to_them = {"receiver": {"element": "person.number", "value": "OFFICIAL"}, "services": [service]}
    mandate = leyla.sends("/v1/mandates", to_them | {"firstDay": today, "lastDay": today}).headers["Location"]
    assert at_home.sends(f"{mandate}/acceptance").is_success

    until(lambda: _drawn_in_the_end(hall, case) not in (None, official))
    assert hall.draws()[-1]["why"] == "recusal"
    for person in (leyla, at_home):
        person.http.close()


def _drawn_in_the_end(at: Office, case: httpx2.Response) -> Person | None:
    with keeper(at) as own:
        own.look()
    return at.official_of(case)


def test_a_draw_that_nobody_reveals_a_link_for_waits(hall: Office) -> None:
    draw = waiting(hall)

    assert now(hall, draw)["index"] is None
    settle(hall)
    assert now(hall, draw)["index"] is not None


def test_a_keeper_that_looks_again_anchors_and_reveals_nothing_twice(hall: Office) -> None:
    waiting(hall)
    settle(hall)
    head = hall.kept.window.everything_recorded()
    settle(hall)

    assert hall.kept.window.everything_recorded() == head


class LyingWindow(ServedWindow):
    """A window that shows a keeper other proofs than it has, or draws in another order."""

    def __init__(self, url: str, proofs: dict[int, bytes], *, leaves_out: frozenset[int] = frozenset()) -> None:
        super().__init__(url)
        self._proofs, self._leaves_out = proofs, leaves_out
        self.revealed: list[int] = []

    def awaited(self, keeper: Any) -> Iterator[AwaitedShare]:
        """Leave some draws out."""
        return (share for share in super().awaited(keeper) if share.number not in self._leaves_out)

    def proof(self, share: AwaitedShare) -> bytes:
        """Show another proof."""
        return self._proofs.get(share.number) or super().proof(share)

    def reveal(self, share: AwaitedShare, link: Any) -> None:  # noqa: ARG002 - it goes nowhere
        """Remember what the keeper gave away, and do nothing with it."""
        self.revealed.append(share.number)


@contextmanager
def talking_to(window: ServedWindow, own: Keeper) -> Iterator[None]:
    """Have a keeper talk to another window as long as the block runs."""
    honest, own._window = own._window, window
    try:
        yield
    finally:
        own._window = honest
        window.close()


def lied_to(own: Keeper, window: LyingWindow) -> list[int]:
    """Let a keeper look at a lying window; return the draws for which it gave a link away."""
    with talking_to(window, own):
        own.look()
    return window.revealed


def test_no_link_leaves_the_keeper_for_what_is_not_proved(hall: Office) -> None:
    first, second = waiting(hall), waiting(hall)
    with keeper(hall) as own:
        (one, other) = [own._window.proof(share) for share in own._window.awaited(own._name)]
        url, number = hall.kept.window.base_url, first["number"]
        assert second["number"] == number + 1
        elsewhere = re.sub(rb"index [0-9]+", b"index 0", one)
        for shown in (other, one[:-2] + b"A\n", elsewhere, b" ", b"nonsense", other + b"x"):
            assert lied_to(own, LyingWindow(url, {number: shown})) == [], shown[:20]
        assert lied_to(own, LyingWindow(url, {number: other + one})) == [number, number + 1]
    settle(hall)


def test_a_later_link_is_not_revealed_before_an_earlier_one_since_it_tells_that(hall: Office) -> None:
    first, second = waiting(hall), waiting(hall)
    hidden = frozenset({first["number"]})
    with keeper(hall) as own:
        assert lied_to(own, LyingWindow(hall.kept.window.base_url, {}, leaves_out=hidden)) == []
    settle(hall)

    assert now(hall, second)["index"] is not None


def test_a_keeper_that_was_killed_before_it_could_reveal_a_link_reveals_the_same(hall: Office) -> None:
    draw = waiting(hall)
    with keeper(hall) as own:
        assert lied_to(own, LyingWindow(hall.kept.window.base_url, {})) == [draw["number"]]  # promised, and never sent
    settle(hall)

    assert now(hall, draw)["index"] is not None


def test_a_link_that_was_promised_to_a_draw_is_for_no_other(tmp_path: Path) -> None:
    with KeptChains(tmp_path / "chains") as chains:
        chains.promise(FRONT, Promise(1, 1, 1, b"request"))
        chains.promise(FRONT, Promise(1, 1, 1, b"request"))
        for other in (Promise(1, 1, 1, b"another"), Promise(2, 1, 1, b"request"), Promise(1, 2, 1, b"request")):
            with pytest.raises(PromisedOtherwiseError, match="another ledger"):
                chains.promise(FRONT, other)
        assert chains.has_promised(FRONT, 1)
        assert not chains.has_promised(FRONT, 2)
        with pytest.raises(PromisedOutOfTurnError):
            chains.promise(FRONT, Promise(3, 1, 3, b"request"))
        chains.promise(FRONT, Promise(2, 1, 2, b"request"))


class StartedAnew(ServedWindow):
    """A window whose ledger begins anew: it knows nothing of the chains that its keeper has."""

    def desks(self, keeper: Any) -> Iterator[DeskToKeep]:
        """Return the desks without their chains."""
        return (desk._replace(chain=None) for desk in super().desks(keeper))

    def anchor(self, desk: DeskToKeep, anchored: Any) -> None:
        """Nothing must come here."""
        raise AssertionError((desk, anchored))


def test_a_keeper_anchors_no_chain_of_which_it_has_given_links_to_another_ledger_and_says_so_once(
    hall: Office, caplog: pytest.LogCaptureFixture
) -> None:
    waiting(hall)
    settle(hall)
    with keeper(hall) as own, talking_to(StartedAnew(hall.kept.window.base_url), own):
        own.look()
        own.look()
    [line] = [record.message for record in caplog.records if record.levelname == "CRITICAL"]
    assert re.fullmatch(r"chain 1 for \S+/north is not anchored: .* Then it needs a new one\.", line)


def test_a_draw_that_is_given_no_link_is_named_with_the_reason_and_once(
    hall: Office, caplog: pytest.LogCaptureFixture
) -> None:
    draw = waiting(hall)
    other = LyingWindow(hall.kept.window.base_url, {draw["number"]: b"nonsense"})
    with keeper(hall) as own, talking_to(other, own):
        own.look()
        own.look()
    settle(hall)
    [line] = [record.message for record in caplog.records if record.levelname == "CRITICAL"]
    assert re.fullmatch(rf"draw {draw['number']} at \S+/north is given no link: \S.*", line)


def test_what_a_keeper_has_kept_is_there_after_it_was_killed(tmp_path: Path) -> None:
    kept = KeptChain(1, bytes(32), 10)
    with KeptChains(tmp_path / "chains") as chains:
        assert chains.make(FRONT, kept) == kept
    with KeptChains(tmp_path / "chains") as chains:
        assert chains.make(FRONT, KeptChain(1, bytes([1]) * 32, 10)) == kept
        assert chains.chain(FRONT, 2) is None
    assert (tmp_path / "chains").stat().st_mode & 0o077 == 0


def test_a_keeper_that_has_lost_its_folder_anchors_another_chain_and_cannot_reveal_the_old_one(
    hall: Office, tmp_path: Path
) -> None:
    draw = waiting(hall)
    lost = hall.kept.window.settings.data / "draw-keeper"
    with keeper(hall) as own:
        (share,) = list(own._window.awaited(own._name))
        kept = own._chains.chain(hall_desk(hall), share.chain)
        assert kept is not None
        (lost / "chains.sqlite").rename(tmp_path / "old")
    with keeper(hall) as anew:

        def has_another_chain() -> bool:
            anew.look()
            chain = next(iter(anew._window.desks(anew._name))).chain
            return chain is not None and (chain.chain, chain.promised) == (share.chain + 1, 0)

        until(has_another_chain)
        assert now(hall, draw)["index"] is None
        # Whoever still has the secret can help, since the link is all that counts.
        link = link_of(anew._name.bytes, kept.secret, kept.length, share.link)
        anew._window.reveal(share, {"keeper": str(anew._name), "link": link.hex(), "checkpoint": 1})
    settle(hall)

    assert now(hall, draw)["index"] is not None


def hall_desk(at: Office) -> UUID:
    """Return the desk's id."""
    return UUID(at.draws()[0]["deskId"])
