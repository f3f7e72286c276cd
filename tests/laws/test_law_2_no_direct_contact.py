"""Law 2, no direct contact: the story of one case, each step a request, on a window with a keeper and a signed log."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import httpx2
import pytest

from application.access.callers import Role
from application.clock import system_clock
from consumers.keeper.keeper import Keeper
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import ANSWERS, Person, address_of, assert_problem, position_of
from tests.draws.kept_draws import Office, keeper, office
from tests.log.waiting import until
from tests.proofs.verifying import Desk

SISTER = {"element": "person.number", "value": "AZE-SISTER-1"}
SPELLED_OUT = "Call me: zero five five, two one three, forty-five, sixty-seven."


class Told(NamedTuple):
    """The office, its keeper, the citizen, her sister, and the citizen's case with the official drawn for it."""

    at: Office
    keeper: Keeper
    citizen: Person
    sister: Person
    case: httpx2.Response
    official: Person

    @property
    def address(self) -> str:
        """The address of the case."""
        return address_of(self.case)

    def seen_by(self, who: Person) -> httpx2.Response:
        """Return the case as somebody reads it now."""
        read = who.asks(self.address, position=self.at.kept.window.everything_recorded())
        assert read.status_code == 200, read.text
        return read


@pytest.fixture(scope="module")
def told(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with office(postgres, "law2", tmp_path_factory.mktemp("law2")) as at, keeper(at) as own:
        own.look()
        window, people = at.kept.window, at.kept.people
        sister = window.somebody(Role.CITIZEN, "sister", identifiers={SISTER["element"]: SISTER["value"]})
        with sister.http:
            case = at.submitted(nonce="5e" * 32)
            at.requested()
            own.look()
            until(lambda: at.official_of(case) is not None)
            official = at.official_of(case)
            assert official is not None
            yield Told(at, own, people.citizen, sister, case, official)


def draw_of(told: Told) -> dict[str, Any]:
    """Return the draw that gave the case to its official."""
    (draw,) = told.at.draws()
    return draw


def test_nobody_chose_who_decides_and_an_outsider_recomputes_the_draw(
    told: Told, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (assigned,) = [event for event in told.at.history(told.case) if event["type"] == "case.assigned"]
    draw = draw_of(told)
    assert (assigned["data"]["rule"], assigned["data"]["draw"]) == ("draw", draw["number"])
    path = f"/v1/draws/{told.at.agency}/north/{draw['number']}/proof"
    proof = told.at.kept.people.anyone.asks(path, Prefer="wait=10")

    verdict = Desk.at(tmp_path_factory.mktemp("outside")).verify(proof.content, key=told.at.kept.vkey)
    assert (verdict.status, f"picks place {draw['index']} of" in verdict.said) == (0, True), verdict


def said_by(told: Told, who: Person, words: str) -> None:
    """Write something that is sent."""
    sent = who.sends(f"{told.address}/messages", {"words": words}, seen=told.seen_by(who))
    assert sent.status_code == 200, sent.text


def test_both_sides_write_and_a_telephone_number_spelled_out_is_refused_and_kept_nowhere(told: Told) -> None:
    asked = told.citizen.sends(
        f"{told.address}/messages", {"words": "Is a plan missing?"}, seen=told.seen_by(told.citizen)
    )
    assert asked.status_code == 200, asked.text
    for who in (told.citizen, told.official):
        refused = who.sends(f"{told.address}/messages", {"words": SPELLED_OUT}, seen=told.seen_by(who))
        problem = assert_problem(refused, 400, "contact-in-words")
        assert problem["errors"][0]["field"] == "words"
        assert "forty" not in refused.text
    replied = told.official.sends(
        f"{told.address}/messages", {"words": "No, all is there."}, seen=told.seen_by(told.official)
    )
    assert replied.status_code == 200, replied.text

    assert "forty-five" not in told.citizen.asks(f"{told.address}/history").text


def test_a_sister_acts_for_her_and_the_official_sees_a_pseudonym_of_this_case(told: Told) -> None:
    today = system_clock().date()
    mandate = {
        "receiver": SISTER,
        "services": [told.at.kept.people.service],
        "firstDay": today.isoformat(),
        "lastDay": (today + timedelta(days=30)).isoformat(),
    }
    given = told.citizen.sends("/v1/mandates", mandate)
    assert given.status_code == 201, given.text
    address = given.headers["Location"]
    assert told.sister.sends(f"{address}/acceptance").status_code == 200
    joined = told.sister.sends(f"{told.address}/representation", {"mandate": address.rpartition("/")[2]})
    assert joined.is_success, joined.text
    (added,) = [event for event in told.at.history(told.case) if event["type"] == "case.representative_added"]

    seen = told.official.asks(f"{told.address}/history", position=position_of(joined)).text
    assert added["actor"]["pseudonym"] in seen
    assert SISTER["value"] not in seen
    assert "sister" not in seen
    assert told.sister.asks(told.address).status_code == 200


def test_neither_side_is_told_anything_that_names_the_other(told: Told) -> None:
    """The official's token, subject and seat never reach the applicant; her identity never reaches the official."""
    to_official = told.official.asks(f"{told.address}/history").text + told.seen_by(told.official).text
    to_citizen = told.citizen.asks(f"{told.address}/history").text + told.seen_by(told.citizen).text

    assert told.citizen.subject not in to_official
    assert str(ANSWERS["person.phone"]) not in to_official
    for one in told.at.officials:
        assert one.subject not in to_citizen
        assert one.sends("/v1/desks/north/seat", method="PUT").json()["seat"] not in to_citizen


def test_nobody_decides_in_their_own_cause(told: Told) -> None:
    own = told.official.subject
    herself = told.at.kept.window.somebody(Role.CITIZEN, own)
    with herself.http:
        case = herself.sends("/v1/cases", {"service": told.at.kept.people.service, "answers": ANSWERS})
        told.at.requested(2)
        told.keeper.look()
        until(lambda: told.at.official_of(case) is not None)

        assert told.at.official_of(case) is not told.official
        excluded = [each["why"] for each in told.at.draws()[-1]["excluded"]]
        assert "party_to_the_case" in excluded


def test_the_drawn_official_decides_and_nobody_else_can(told: Told) -> None:
    decision = {"outcome": "granted", "legalBasis": "Building Act, article 9", "reasons": "It fits the plan."}
    for other in told.at.officials:
        if other is not told.official:
            refused = other.sends(f"{told.address}/decision", decision, seen=told.seen_by(told.citizen))
            assert_problem(refused, 404, "no-such-case")

    decided = told.official.sends(f"{told.address}/decision", decision, seen=told.seen_by(told.official))
    assert decided.json()["outcome"] == "granted"


def test_an_official_reads_that_the_login_has_shown_a_number_and_not_which(told: Told) -> None:
    known = told.at.kept.window.somebody(Role.CITIZEN, "known", identifiers={"person.number": "AZE-KNOWN-7"})
    with known.http:
        case = known.sends("/v1/cases", {"service": told.at.kept.people.service, "answers": ANSWERS})
        position = told.at.kept.window.everything_recorded()
        history = told.official.asks(f"{address_of(case)}/history", position=position)

    assert history.json()["items"][0]["data"]["proved"] == ["person.number"]
    assert "AZE-KNOWN-7" not in history.text
