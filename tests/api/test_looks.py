"""The applicant sees every look in the history, under a pseudonym of the case."""

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import orjson
from fastapi import Request
from fastapi.sse import ServerSentEvent

from api.calls import Call
from api.development_issuer import ISSUER
from api.feed_channels import Filter, channel_for
from api.feed_stream import Following, follow_events
from api.services import ApiServices
from application.access.callers import Caller, Role
from application.cases.looks import Looks
from application.identity import looks_stream
from domain.look.events import LookRecorded
from ledger.published.codec import decode
from ledger.store.entries import NewEvent
from tests.api.people import People, Person, address_of, position_of
from tests.api.running import RunningWindow

LOOK = "look.recorded"


def history(reader: Person, case: str, position: str | None = None) -> list[dict[str, Any]]:
    answer = reader.asks(f"{case}/history", position=position)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def looks(window: RunningWindow, reader: Person, case: str) -> list[dict[str, Any]]:
    """Return the looks in the case's history, once all queued looks are recorded and folded."""
    return [item for item in history(reader, case, window.everything_recorded()) if item["type"] == LOOK]


def test_an_officials_and_an_auditors_look_is_in_the_applicants_history(window: RunningWindow, people: People) -> None:
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    for reader in (people.official, people.auditor, people.system):
        history(reader, case, position_of(submitted))

    seen = looks(window, people.citizen, case)

    assert {item["actor"]["role"] for item in seen} == {"official", "auditor", "agency"}
    assert len({item["actor"]["pseudonym"] for item in seen}) == 3


HALF_PAST = datetime(2027, 1, 1, 12, 30, tzinfo=UTC)


async def told_over_hours(services: ApiServices, looks: Looks, case_id: UUID, at: list[datetime]) -> list[Any]:
    """Follow a case as an auditor and return what is told until the case's last event.

    The last instant in `at` is the time by the clock of the looks; two hours go by after each event.
    """
    services = services._replace(window=services.window._replace(looks=looks))
    call = Call(Request({"type": "http", "headers": []}), Caller(ISSUER, "auditor", Role.AUDITOR), services)
    channel = await channel_for(call, Filter(None, None, case=case_id))
    told: list[Any] = []
    stream = cast("AsyncGenerator[ServerSentEvent]", follow_events(Following(channel, 0, call)))
    async with aclosing(stream) as events:
        async for event in events:
            if event.comment is not None:
                continue
            told.append(event.data if event.event == "end" else orjson.loads(event.raw_data or ""))
            if event.event == "end" or told[-1]["type"].endswith("withdrawn"):
                break
            at.append(at[-1] + timedelta(hours=2))
    return told


def withdrawn_case(people: People) -> UUID:
    submitted = people.citizen.submits(people.service)
    assert people.citizen.sends(f"{address_of(submitted)}/withdrawal", seen=submitted).is_success
    return UUID(submitted.json()["caseId"])


def test_whoever_follows_a_case_for_hours_leaves_a_look_in_each_hour_in_which_something_is_told(
    window: RunningWindow, people: People
) -> None:
    case_id, at = withdrawn_case(people), [HALF_PAST]

    async def followed() -> list[datetime]:
        here = window.services.window
        async with Looks(here.ledger, here.vault, lambda: at[-1]) as looks:
            assert len(await told_over_hours(window.services, looks, case_id, at)) == 2
            await looks.recorded()
        entries = await here.ledger.read_stream(looks_stream(case_id))
        events = [decode(entry).event for entry in entries]
        return [event.hour for event in events if isinstance(event, LookRecorded)]

    noon = HALF_PAST.replace(minute=0)
    assert window.runs(followed()) == [noon, noon + timedelta(hours=2)]


def test_a_followed_case_is_told_no_further_when_the_look_cannot_be_recorded(
    window: RunningWindow, people: People
) -> None:
    case_id, at = withdrawn_case(people), [HALF_PAST]

    async def followed() -> list[Any]:
        here = window.services.window
        full_after_one = Looks(here.ledger, here.vault, lambda: at[-1], most_waiting=1)
        return await told_over_hours(window.services, full_after_one, case_id, at)

    told = window.runs(followed())

    assert [event.get("rule") for event in told] == [None, "ledger-busy"]


def test_the_applicants_own_read_is_no_look(window: RunningWindow, people: People) -> None:
    submitted = people.citizen.submits(people.service)
    history(people.citizen, address_of(submitted), position_of(submitted))

    assert looks(window, people.citizen, address_of(submitted)) == []


def test_all_reads_of_one_reader_in_an_hour_are_one_look(window: RunningWindow, people: People) -> None:
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    people.auditor.asks("/v1/services", position=position_of(submitted))
    for _ in range(3):
        assert people.auditor.asks(case).status_code == 200
        assert people.auditor.asks(f"{case}/history").status_code == 200

    assert 1 <= len(looks(window, people.citizen, case)) <= 2  # two if a new hour began in between


def test_a_reader_has_another_pseudonym_in_another_case(window: RunningWindow, people: People) -> None:
    cases = [people.citizen.submits(people.service) for _ in range(2)]
    for case in cases:
        history(people.auditor, address_of(case), position_of(cases[-1]))

    names = [looks(window, people.citizen, address_of(case))[0]["actor"]["pseudonym"] for case in cases]

    assert names[0] != names[1]


def test_an_assigned_officials_look_is_under_the_pseudonym_of_their_work(window: RunningWindow, people: People) -> None:
    submitted = people.citizen.submits(people.service)
    taken = people.official.is_drawn_for(submitted)
    history(people.official, address_of(taken), position_of(taken))

    [look] = looks(window, people.citizen, address_of(taken))

    assert look["actor"]["pseudonym"] == taken.json()["official"]


def test_a_look_does_not_change_the_version_of_the_case(window: RunningWindow, people: People) -> None:
    submitted = people.citizen.submits(people.service)
    history(people.auditor, address_of(submitted), position_of(submitted))
    looks(window, people.citizen, address_of(submitted))

    withdrawn = people.citizen.sends(f"{address_of(submitted)}/withdrawal", seen=submitted)

    assert withdrawn.status_code == 200


def test_a_look_is_recorded_whatever_another_application_put_into_the_stream_of_the_looks(
    window: RunningWindow, people: People
) -> None:
    submitted = people.citizen.submits(people.service)
    stream = looks_stream(UUID(submitted.json()["caseId"]))
    window.appends([NewEvent(stream, 7, "weather.Measured", b"{}", b"", os.urandom(32))], uniqueness_only=True)

    history(people.auditor, address_of(submitted), position_of(submitted))

    assert len(looks(window, people.citizen, address_of(submitted))) == 1


def test_neither_official_nor_agency_learns_that_an_auditor_looks(window: RunningWindow, people: People) -> None:
    submitted = people.citizen.submits(people.service)
    history(people.auditor, address_of(submitted), position_of(submitted))
    last = window.everything_recorded()

    for reader in (people.official, people.system):
        assert LOOK not in {item["type"] for item in history(reader, address_of(submitted), last)}
    feed = people.system.asks("/v1/events?limit=1000", position=window.everything_recorded()).json()["items"]
    told = {item["data"]["actor"]["role"] for item in feed if item["type"] == LOOK}

    assert told == {"official", "agency"}, "of its own looks an agency is told"


def test_whoever_may_not_read_leaves_no_look(window: RunningWindow, people: People) -> None:
    submitted = people.citizen.submits(people.service)
    for reader in (people.stranger, people.other_system, people.neighbour):
        assert reader.asks(address_of(submitted), position=position_of(submitted)).status_code == 404

    assert looks(window, people.citizen, address_of(submitted)) == []


def test_a_look_made_through_one_process_is_not_made_again_through_another(
    window: RunningWindow, people: People
) -> None:
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    history(people.auditor, case, position_of(submitted))
    with RunningWindow(window.where, window.settings.data, projecting=False) as other:
        elsewhere = other.somebody(Role.AUDITOR, people.auditor.subject)
        history(elsewhere, case)
        other.everything_recorded()
        elsewhere.http.close()

    assert 1 <= len(looks(window, people.citizen, case)) <= 2  # two if a new hour began in between
