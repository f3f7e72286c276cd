"""HTTP refuses bodies that are nested too deep, and texts that a database cannot store, wherever they are."""

import socket
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.json_text import DEEPEST, is_too_deep
from tests.api.people import ANSWERS, People, assert_problem
from tests.api.running import RunningWindow

JSON = {"Content-Type": "application/json"}
LISTS = (
    "/v1/services",
    "/v1/agencies",
    "/v1/evaluation/services",
    "/v1/my/cases",
    "/v1/subscriptions",
    "/v1/desks/north/worklist",
)
BAD_UTF8: Sequence[bytes] = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"a\x00b")


def nested(depth: int) -> bytes:
    """Return arrays in an object that are together that deep, with brackets in a text that do not count."""
    return b'{"x[[[[\\"{":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def asker(people: People, path: str) -> httpx2.Client:
    of_citizens, of_desks = path.startswith("/v1/my"), path.startswith("/v1/desks")
    person = people.citizen if of_citizens else people.official if of_desks else people.auditor
    return person.http


@pytest.mark.parametrize("depth", [DEEPEST + 1, 254, 1023, 1024, 100_000])
def test_a_body_that_is_nested_too_deep_is_refused(people: People, depth: int) -> None:
    for shape in (nested(depth), b'{"x":' * depth + b"1" + b"}" * depth, b"[" * depth):
        problem = assert_problem(
            people.citizen.http.post("/v1/cases", content=shape, headers=JSON), 400, "body-not-too-deep"
        )
        assert str(DEEPEST) in problem["detail"]


def test_a_body_as_deep_as_is_said_is_read(people: People) -> None:
    answer = people.citizen.http.post("/v1/cases", content=nested(DEEPEST), headers=JSON)

    assert_problem(answer, 400, "request-follows-its-schema")


@given(st.binary(max_size=200))
def test_the_depth_of_any_bytes_is_found(raw: bytes) -> None:
    assert not is_too_deep(raw)
    assert is_too_deep(b"[" * (DEEPEST + 1) + raw)
    assert not is_too_deep(b'"' + b"[" * 500 + b'\\"' + b"[" * 500 + b'"')
    assert not is_too_deep(b"[]{}" * 500)


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({"service": "x\x00"}, "service", "text-can-be-stored"),
        ({"service": "x", "answers": {"person.name": "a\x00b"}}, "answers.person.name", "text-can-be-stored"),
        ({"service": "x", "answers": {"secret name\x01": "y"}}, "answers", "names-have-no-control-characters"),
        ({"\x00": 1}, None, "names-have-no-control-characters"),
        ({"x": [[{"y": "\x00"}]]}, "x.0.0.y", "text-can-be-stored"),
        ("\x00", None, "text-can-be-stored"),
    ],
)
def test_a_text_of_a_body_that_cannot_be_stored_is_refused_by_place(
    people: People, body: object, field: str | None, rule: str
) -> None:
    refused = people.citizen.sends("/v1/cases", body)

    problem = assert_problem(refused, 400, rule)
    assert problem.get("field") == field
    assert "secret" not in refused.text


@pytest.mark.parametrize("half", [b'"\\ud800"', b'"\\udc00"', b'"a\\ud800\\ud800"', b'{"\\udfff":1}'])
def test_half_a_surrogate_pair_is_refused_by_its_rule(people: People, half: bytes) -> None:
    body = b'{"service":"x","answers":{"person.name":' + half + b"}}"

    answer = people.citizen.http.post("/v1/cases", content=body, headers=JSON)
    assert_problem(answer, 400, "text-can-be-stored")


def test_a_backslash_before_what_looks_like_nul_is_text(people: People) -> None:
    answer = people.citizen.submits(people.service, ANSWERS | {"person.name": "a\\u0000b"})

    assert answer.status_code == 201


def test_the_name_of_a_member_is_not_repeated_when_it_is_not_made_like_one(people: People) -> None:
    refused = people.citizen.sends("/v1/cases", {"service": "x", "Ana Secret\u202e": 1})

    assert_problem(refused, 400, "request-follows-its-schema")
    assert "Secret" not in refused.text


@pytest.mark.parametrize("bad", BAD_UTF8)
def test_an_address_that_is_no_text_is_refused_on_every_route(people: People, bad: bytes) -> None:
    encoded = quote_from_bytes(bad)
    for path in (f"/v1/services/{encoded}", f"/{encoded}", f"/log/tile/{encoded}", f"/problems/x{encoded}"):
        assert assert_problem(people.anyone.asks(path), 400, "text-can-be-stored")["field"] == "path"


@pytest.mark.parametrize("bad", BAD_UTF8)
def test_a_query_that_is_no_text_is_refused_on_every_route(people: People, bad: bytes) -> None:
    encoded = quote_from_bytes(bad)
    for path in (f"/v1/events?agency=x&service={encoded}", f"/v1/services?cursor={encoded}", f"/?{encoded}=1"):
        assert assert_problem(people.auditor.asks(path), 400, "text-can-be-stored")["field"] == "query"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("key", [b"\x00", b"\xff", b"", b" ", b"A", b"a\n", b"1" * 64, b"-1", b"\xd9\xa1"])
def test_a_cursor_that_no_page_has_given_is_refused(people: People, path: str, key: bytes) -> None:
    http = asker(people, path)
    padded = urlsafe_b64encode(key).decode()
    for cursor in {padded.rstrip("="), padded or "=", f"{padded}!", "AA", "A"}:
        if key == b"1" * 64 and "services" in path:
            continue
        assert_problem(http.get(path, params={"cursor": cursor}), 400, "cursor-is-from-a-page")


@pytest.mark.parametrize("key", [b"1" * 19, b"x", b"a" * 32])
def test_a_cursor_of_another_kind_of_page_is_refused(people: People, key: bytes) -> None:
    cursor = urlsafe_b64encode(key).decode().rstrip("=")

    assert_problem(people.official.asks(f"/v1/desks/north/worklist?cursor={cursor}"), 400, "cursor-is-from-a-page")
    if key != b"a" * 32:
        assert_problem(people.citizen.asks(f"/v1/my/cases?cursor={cursor}"), 400, "cursor-is-from-a-page")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.binary(max_size=40).map(str))
def test_any_cursor_is_a_page_or_a_refusal(people: People, cursor: str) -> None:
    for path in LISTS:
        assert asker(people, path).get(path, params={"cursor": cursor}).status_code in {200, 400}


@pytest.mark.parametrize(
    "as_of", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "9999-12-31"]
)
def test_an_instant_at_the_end_of_the_years_is_an_answer_or_a_refusal(people: People, as_of: str) -> None:
    answer = people.anyone.http.get("/v1/evaluation/services", params={"asOf": as_of})

    assert answer.status_code in {200, 400}, answer.text


@pytest.mark.parametrize(
    "request_line", [b"GET /v1/services/\xff", b"GET /v1/services?agency=\xff", b"GET /v1/services?cursor=\x01"]
)
def test_raw_bytes_in_an_address_are_refused(window: RunningWindow, request_line: bytes) -> None:
    assert raw_answer(window, request_line + b" HTTP/1.1\r\nHost: x\r\n\r\n").split(b" ")[1] == b"400"


@pytest.mark.parametrize("name", [b"Prefer", b"Position-Token", b"Accept-Language", b"If-None-Match", b"X-Else"])
def test_nul_in_a_header_is_refused(window: RunningWindow, name: bytes) -> None:
    answer = raw_answer(window, b"GET /v1/services HTTP/1.1\r\nHost: x\r\n" + name + b": a\x00b\r\n\r\n")

    assert answer.split(b" ")[1] == b"400"


def raw_answer(window: RunningWindow, request: bytes) -> bytes:
    place: Any = urlsplit(window.base_url)
    with socket.create_connection((place.hostname, place.port), timeout=20) as line:
        line.sendall(request)
        return line.recv(1 << 16)
