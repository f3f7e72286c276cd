"""Blindness: nothing that can be fetched joins two cases of one person, or tells one side who the other is."""

import base64
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

import httpx2
import pytest

from application.access.callers import Role
from application.identity import desk_stream
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.entry_hash import entry_of
from tests.blindness.cast import NAMES, Cast, Played
from tests.blindness.settling import a_life
from tests.blindness.values import document_of, in_clear, parts_about, values_in
from tests.blindness.walk import FILLERS, Fetched, published, routes, stored, walked
from tests.proofs.kept_window import KeptWindow, kept_window

SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 60))]
PARTS = {
    "two cases of one life event",
    "an official who is an applicant elsewhere",
    "an official in two cases",
    "a representative in two cases",
    "an applicant with two cases",
}
_FEEDS = {"/v1/events", "/v1/events/stream", "Kafka", "webhook", "ledger"}
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def kept(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptWindow]:
    with kept_window(postgres, "blindness", tmp_path_factory.mktemp("blindness")) as kept:
        yield kept


def test_every_route_that_can_be_fetched_is_walked(kept: KeptWindow) -> None:
    assert routes(kept.window.services) == FILLERS.keys()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_fetched_joins_no_two_cases_of_one_person_and_tells_no_side_who_the_other_is(
    kept: KeptWindow, seed: int
) -> None:
    dice = random.Random(seed)
    with a_life(kept.window, next(_numbers), dice) as cast:
        cast.is_lived(moves=20)
        if seed % 2:
            cast.erases(dice.choice(NAMES))
        written = [Fetched(by, "a write", answer.request.url.path, answer) for by, answer in cast.answered]
        fetched = [*walked(cast), *published(cast), *stored(cast), *written]
        assert parts_of(cast) >= PARTS
        assert told_to_the_wrong(cast, fetched) == []
        assert joined(cast, fetched, marks_of(kept, cast)) == []


def parts_of(cast: Cast) -> set[str]:
    """Return in which ways somebody has a part in two cases here."""
    found = {"two cases of one life event"} if cast.life_events else set()
    for one, other in itertools.permutations(cast.cases, 2):
        if one.officials & other.side_of_applicant:
            found.add("an official who is an applicant elsewhere")
        if one.officials & other.officials:
            found.add("an official in two cases")
        if one.representatives & other.representatives:
            found.add("a representative in two cases")
        if one.applicant == other.applicant and one.officials and other.officials:
            found.add("an applicant with two cases")
    return found


def told_to_the_wrong(cast: Cast, fetched: Sequence[Fetched]) -> list[tuple[str, str, str]]:
    """Return who was told which secret of somebody else's, and where."""
    found = []
    for each in fetched:
        text = in_clear(f"{each.answer.headers}\n{each.answer.text}")
        found += [
            (each.reader.name, secret, each.path)
            for secret, whose in secrets_of(cast).items()
            if secret in text and not may_know(cast, each, secret, whose)
        ]
    return found


def secrets_of(cast: Cast) -> dict[str, str]:
    """Return secret -> whose it is."""
    of_cases = {case.secret: case.applicant for case in cast.cases}
    subjects = {cast.subject(name): name for name in NAMES}
    identifiers = {cast.identifier(name): name for name in NAMES}
    seats = {seat: name for name, held in cast.seats.items() for seat in held}
    nonces = {nonce: name for name, sent in cast.nonces.items() for nonce in sent}
    return of_cases | subjects | identifiers | seats | nonces


def may_know(cast: Cast, each: Fetched, secret: str, whose: str) -> bool:
    """Return whether somebody may be told a secret there: their own, and that of those with whom they act."""
    reader, role = each.reader.name, each.reader.role
    if reader == whose:
        return True
    if secret in cast.seats[whose]:  # a desk's own events name its seats; no event of a case does
        return role in {Role.AGENCY, Role.AUDITOR} and each.route in _FEEDS
    if secret == cast.identifier(whose):
        return role is Role.CITIZEN and each.path.startswith(("/v1/mandates", "/v1/my/mandates"))
    of_case = [case for case in cast.cases if case.secret == secret]
    return role is Role.CITIZEN and any(reader in case.side_of_applicant for case in of_case)


def marks_of(kept: KeptWindow, cast: Cast) -> dict[str, frozenset[str]]:
    """Return case -> what names it: its id, and the hash of its first entry, by which a draw names it."""
    return {case.case_id: frozenset({case.case_id, kept.does(_entry_of(kept, case))}) for case in cast.cases}


async def _entry_of(kept: KeptWindow, case: Played) -> str:
    first, *_ = await kept.window._window.ledger.read_stream(UUID(case.case_id))
    return entry_of(first).hex()


def joined(cast: Cast, fetched: Sequence[Fetched], marks: dict[str, frozenset[str]]) -> list[tuple[str, ...]]:
    """Return the values that are equal in two cases of one person, with where each was told."""
    told: dict[str, dict[str, set[tuple[str, str, str]]]] = {case: defaultdict(set) for case in marks}
    desks = {str(desk_stream(cast.agency(which), "north")) for which in ("town", "county")}
    for each in fetched:
        document, headers = document_of(each.answer), dict(each.answer.headers)
        for case, names in marks.items():
            is_its = case in f"{each.path} {headers.get('location')}"
            about = [document, headers] if is_its else parts_about(document, names)
            for part in about:
                for member, value in values_in(part):
                    if value not in desks:
                        told[case][value].add((each.reader.name, member, each.path))
    found: list[tuple[str, ...]] = []
    for one, other in itertools.combinations(cast.cases, 2):
        for name in one.people & other.people:
            know = {name} | one.side_of_applicant & other.side_of_applicant
            for value in told[one.case_id].keys() & told[other.case_id].keys():
                here, there = ([w for w in told[c.case_id][value] if w[0] not in know] for c in (one, other))
                if here and there:
                    found.append((name, value, *min(here)[:2], min(here)[2], *min(there)[:2], min(there)[2]))
    return found


def test_the_walk_finds_a_value_in_two_cases_and_a_secret_that_is_told(kept: KeptWindow) -> None:
    """What the window never tells is planted into answers: each leak is found, and nothing else."""
    with a_life(kept.window, next(_numbers), random.Random(0)) as cast:
        one, other = cast.asks("ana", "town"), cast.asks("ana", "county")
        assert one is not None
        assert other is not None
        marks, anyone = marks_of(kept, cast), cast.readers[-1]

        def answer(case: Played, **members: object) -> Fetched:
            return Fetched(anyone, "planted", case.path, httpx2.Response(200, json=members))

        honest = [
            answer(case, service="the same", note="one and the other"[index:])
            for index, case in enumerate((one, other))
        ]
        assert joined(cast, honest, marks) == []
        for leak in (
            "5b2f3a30-0b7e-4ac3-9a5d-0d2d7a3f0b11",
            "2026-11-30T09:00:00.000017Z",
            "never said before",
            4_512_377,
        ):
            planted = [answer(one, anything=leak), answer(other, else_={"where": [{"deep": leak}]})]
            assert [found[:2] for found in joined(cast, planted, marks)] == [("ana", str(leak))]
        inside = [answer(one, link=f"/v1/x/{anyone.name}/{'a1' * 16}"), answer(other, key="a1" * 16)]
        assert [found[1] for found in joined(cast, inside, marks)] == ["a1" * 16]
        for secret, whose in secrets_of(cast).items():
            hidden = base64.b64encode(f"it is {secret}".encode()).decode()
            assert told_to_the_wrong(cast, [answer(one, proof=hidden)]) == [("anyone", secret, one.path)], whose
