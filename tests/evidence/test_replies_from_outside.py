"""The address at which resources answer later, as anybody on the network meets it."""

import itertools
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from application.evidence.sealing import LARGEST_SEALED, said_raw
from application.evidence.signing import MEDIA_TYPE, signed
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import assert_problem
from tests.api.running import fresh_databases
from tests.evidence.examples import OTHER
from tests.evidence.examples import answer as made_up_answer
from tests.evidence.exchanging import Town, connected
from tests.evidence.outcomes import ASKED, asking, kept, payload_of, remarks, until

_numbers = itertools.count(1)
PATH = "/v1/evidence/replies"


@pytest.fixture(scope="module")
def a_town(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose register takes everything and says nothing."""
    with (
        fresh_databases(postgres, f"replies_{next(_numbers)}") as where,
        connected(where, tmp_path_factory.mktemp("town"), asking=False) as town,
    ):
        town.register.switch(silent=True)
        yield town


@pytest.fixture
def case(a_town: Town) -> str:
    """A case that waits for the register."""
    case = a_town.submits()
    with asking(a_town):
        until(lambda: [next_try for _, next_try in kept(a_town, case)] == [None])
    return case


def token_of(town: Town, case: str) -> str:
    """Return the token that only the register was given."""
    return str(payload_of(kept(town, case)[0][0])["replyTo"]["token"])


def post(town: Town, token: str | None, body: bytes = b"x", media_type: str = MEDIA_TYPE) -> httpx2.Response:
    """Post something as somebody with a token."""
    headers = {"content-type": media_type, **({"authorization": f"Bearer {token}"} if token is not None else {})}
    return httpx2.post(f"{town.window.base_url}{PATH}", content=body, headers=headers, timeout=20)


@pytest.mark.parametrize("token", [None, "x", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 43 + ", A", "../" * 14 + "A"])
def test_whoever_has_no_token_of_this_form_is_refused(a_town: Town, token: str | None) -> None:
    assert_problem(post(a_town, token), 401, "token-form")


def test_a_token_that_was_never_given_out_is_refused(a_town: Town) -> None:
    assert_problem(post(a_town, "A" * 43), 401, "token-unknown")


def test_a_persons_token_is_no_token_of_a_request(a_town: Town) -> None:
    person = str(a_town.leyla.http.headers["Authorization"]).removeprefix("Bearer ")
    assert_problem(post(a_town, person), 401, "token-form")


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "application/jose+json", ""])
def test_another_media_type_is_refused(a_town: Town, case: str, media_type: str) -> None:
    assert post(a_town, token_of(a_town, case), media_type=media_type).status_code == 415
    assert a_town.topics(case) == [*ASKED, "evidence_sent"]


def test_what_nobody_has_signed_is_remarked_on_once_and_whoever_sent_it_learns_nothing(a_town: Town, case: str) -> None:
    forged = said_raw(signed(made_up_answer(), OTHER), a_town.window.exchange.keys.sealing)
    for body, known in ((b"x", 1), (b"y\x00", 1), (b"", 1), (forged, 2), (forged, 2)):
        answer = post(a_town, token_of(a_town, case), body)
        assert (answer.status_code, answer.content) == (204, b"")
        assert len(remarks(a_town, case)) == known
    assert remarks(a_town, case) == [("Unacceptable", "NotSealed"), ("Unacceptable", "OtherSigner")]
    assert a_town.stage(case) == "AwaitingEvidence"


@pytest.mark.parametrize("beyond", [1, 1 << 20])
def test_a_body_that_is_larger_than_any_answer_is_not_taken(a_town: Town, case: str, beyond: int) -> None:
    answer = post(a_town, token_of(a_town, case), b"x" * (LARGEST_SEALED + beyond))

    assert answer.status_code == 413
    assert remarks(a_town, case) == []


def test_a_token_of_one_case_takes_no_other_cases_answer(a_town: Town, case: str) -> None:
    other = a_town.submits()
    with asking(a_town):
        until(lambda: [next_try for _, next_try in kept(a_town, other)] == [None])
    assert post(a_town, token_of(a_town, other)).status_code == 204
    assert (remarks(a_town, case), len(remarks(a_town, other))) == ([], 1)


def test_a_body_that_never_comes_holds_nobody_up(a_town: Town, case: str) -> None:
    place = urlsplit(a_town.window.base_url)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: window\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: 1000\r\n"
        f"Authorization: Bearer {token_of(a_town, case)}\r\n\r\nhalf of it"
    )
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=20) as slow:
        slow.sendall(head.encode())
        assert post(a_town, token_of(a_town, case)).status_code == 204
    assert len(remarks(a_town, case)) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_it_is_asked_by_post_only(a_town: Town, method: str) -> None:
    answer = httpx2.request(method, f"{a_town.window.base_url}{PATH}", timeout=20)

    assert answer.status_code == 405
    assert b"AA10001" not in answer.content
