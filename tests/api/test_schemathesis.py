"""HTTP accepts what the OpenAPI document declares: schemathesis sends requests with a token of each role.

Streams of events have no end and are left out; tests/api/test_feed.py follows them.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from application.access.callers import Role
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.a_register import NOBODY_COORDINATES_YET, registered
from tests.api.people import People, permit
from tests.api.running import RunningWindow, fresh_databases

ENDLESS = frozenset({"/v1/events/stream"})
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Rules that only requests outside the document may break. No schema can express that a cursor, a token or a name was
# never given out, or that a text cannot be read.
OF_THE_SCHEMA = frozenset(
    {
        "as-of-is-a-position-or-a-date",
        "body-is-json",
        "body-not-too-deep",
        "idempotency-key-is-short-text",
        "if-match-names-one-version",
        "last-event-id-is-a-number",
        "names-have-no-control-characters",
        "request-follows-its-schema",
        "text-can-be-stored",
        "topic-is-known",
    }
)
_AT_RANDOM = settings(database=None, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
AGENCY, SERVICE = "fuzzed-agency", "fuzzed-permit"


class Fuzzed(NamedTuple):
    """A window that gets random requests, and the things in it to ask about."""

    window: RunningWindow
    tokens: Mapping[Role, str]
    known: Mapping[str, Sequence[str]]
    schema: BaseSchema


@pytest.fixture(scope="module")
def fuzzed(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """A separate window, because random requests write into it."""
    with (
        fresh_databases(postgres, "fuzzed") as where,
        RunningWindow(where, tmp_path_factory.mktemp("fuzzed")) as window,
        People(window.somebody, AGENCY, SERVICE, 1) as people,
    ):
        window.appends(registered(NOBODY_COORDINATES_YET))
        known = populated(people)
        tokens = {role: str(people.by_role(role).http.headers.get("Authorization", "")) for role in Role}
        schema = schemathesis.openapi.from_dict(people.anyone.asks("/openapi.json").json())
        yield Fuzzed(window, tokens, known, schema)


def populated(people: People) -> dict[str, Sequence[str]]:
    """Write a service, a case and a subscription; return the path parameters with values that exist."""
    entry = {"name": {"en": "Permits"}, "timeZone": "Asia/Baku", "desks": ["north", "south"]}
    people.coordinator.sends(f"/v1/agencies/{AGENCY}", entry, method="PUT")
    people.coordinator.sends("/v1/services", {"definition": permit(SERVICE, AGENCY, "north")})
    people.coordinator.sends(f"/v1/services/{SERVICE}/publication", {"version": 1})
    asked = people.system.sends("/v1/subscriptions/fuzzed", {}, method="PUT")
    assert asked.status_code == 201, asked.text
    submitted = [people.citizen.submits(SERVICE) for _ in range(3)]
    people.official.is_drawn_for(submitted[0])
    cases = [answer.json()["caseId"] for answer in submitted]
    return {
        "case_id": cases,
        "name": ["fuzzed"],
        "slug": [AGENCY, SERVICE, "population-register"],
        "desk": ["north"],
        "topic": [],
    }


def operations(schema: BaseSchema) -> list[APIOperation[Any, Any, Any, Any]]:
    """Return every operation whose answer ends."""
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return [operation for operation in found if operation.path not in ENDLESS]


@cache
def session() -> requests.Session:
    """Return a session that keeps its connection."""
    return requests.Session()


def about_something(case: Case[Any], known: Mapping[str, Sequence[str]], draw: Any) -> None:
    """Put existing values into some requests, so that they get further than a 404."""
    for name, values in known.items():
        if values and name in (case.path_parameters or {}) and draw(st.booleans()):
            case.path_parameters[name] = draw(st.sampled_from(values))
    if case.headers and "If-Match" in case.headers and draw(st.booleans()):
        case.headers["If-Match"] = f'"{draw(st.integers(1, 3))}"'
    if case.headers and "Position-Token" in case.headers:  # the window would wait for an unknown one
        case.headers["Position-Token"] = str(draw(st.integers(0, 4)))


def ask_at_random(
    fuzzed: Fuzzed,
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    at_random: settings,
    told: Counter[str],
) -> None:
    """Send every request with a token of each role, and check each answer."""

    @at_random
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: Case[Any], data: st.DataObject) -> None:
        about_something(case, fuzzed.known, data.draw)
        for role, token in fuzzed.tokens.items():
            headers = {"Authorization": token} if token else {}
            answer = case.call(base_url=fuzzed.window.base_url, session=session(), headers=headers)
            told[str(answer.status_code)] += 1
            where = f"{role.value} {operation.label}: {answer.status_code} {answer.text[:400]} {case.as_curl_command()}"
            if mode is GenerationMode.NEGATIVE:
                assert answer.status_code < 500 or answer.status_code == 503, where
                continue
            case.validate_response(answer, checks=CHECKS)
            if answer.status_code == 400:
                assert answer.json()["rule"] not in OF_THE_SCHEMA, where

    ask()


def ask_everything(fuzzed: Fuzzed, least: int, *, always_the_same: bool) -> None:
    """Ask all operations, at least so many times in all; nearly half of it is as the document does not allow."""
    begun, told, wrong = time.monotonic(), Counter[str](), list[str]()
    while told.total() < least and not wrong:  # again, because to some operations there is little to say
        ask_each(fuzzed, least - told.total(), told, wrong, always_the_same=always_the_same)
    print(f"\nschemathesis: {told.total()} requests in {time.monotonic() - begun:.0f} s, {dict(told)}")

    assert not wrong, "\n\n".join(wrong)
    assert told.total() >= least
    assert not told["500"]


def ask_each(fuzzed: Fuzzed, about: int, told: Counter[str], wrong: list[str], *, always_the_same: bool) -> None:
    """Ask each operation equally often, about so many times in all."""
    asked = operations(fuzzed.schema)
    each = -(-about // (len(asked) * len(Role) * 2))
    modes = ((GenerationMode.POSITIVE, each + 1), (GenerationMode.NEGATIVE, each))
    for operation in asked:
        for mode, examples in modes:
            try:
                at_random = settings(_AT_RANDOM, max_examples=examples, derandomize=always_the_same)
                ask_at_random(fuzzed, operation, mode, at_random, told)
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE  # nothing can be said wrongly to it
            except (AssertionError, FailureGroup) as error:
                wrong.append(f"{operation.label} {mode}: {error}")


def test_every_route_takes_what_the_document_declares_from_each_role(fuzzed: Fuzzed) -> None:
    ask_everything(fuzzed, 1_000, always_the_same=True)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_route_takes_what_the_document_declares_ten_thousand_times(fuzzed: Fuzzed) -> None:
    ask_everything(fuzzed, 10_000, always_the_same=False)
