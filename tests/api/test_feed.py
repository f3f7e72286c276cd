"""The feed sends the open part as stored, numbered and chained without a gap."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson

from application.access.callers import Role
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_hash, entry_of
from ledger.store.ledger import Ledger
from tests.api.people import People, Person, address_of, assert_problem, position_of
from tests.api.running import RunningWindow, Where


def stored_entry(where: Where, position: int) -> StoredEntry:
    """Return an event as the ledger has it."""

    async def read() -> StoredEntry:
        async with Ledger(where.writer) as ledger:
            return (await ledger.read(position - 1, 1))[0]

    return asyncio.run(read())


def pages(reader: Person, path: str, position: str | None = None) -> Iterator[dict[str, Any]]:
    """Read the feed from a beginning to its end, following its links."""
    page = reader.asks(path, position=position)
    while items := page.json()["items"]:
        yield from items
        page = reader.asks(page.links["next"]["url"])


def streamed(reader: Person, count: int, *, query: str = "", **headers: str) -> list[tuple[str, dict[str, Any]]]:
    """Follow the stream until so many events have come, and return their ids and data."""
    found: list[tuple[str, dict[str, Any]]] = []
    number, data = "", ""
    sent = {"Accept": "text/event-stream", **{name.replace("_", "-"): value for name, value in headers.items()}}
    with reader.http.stream("GET", f"/v1/events/stream?{query}", headers=sent) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream"), answer.read()
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                number = value
            elif name == "data":
                data = value
            elif not line and data:
                found.append((number, orjson.loads(data)))
                data = ""
                if len(found) == count:
                    return found
    return found


def test_an_agencys_feed_is_its_own_numbered_from_one_without_a_gap(people: People) -> None:
    written = [people.citizen.submits(people.service) for _ in range(5)][-1]

    items = list(pages(people.system, "/v1/events?limit=3", position_of(written)))

    assert [item["sequence"] for item in items] == list(range(1, 9))  # agency, service drafted, published, five cases
    assert [item["previous"] for item in items] == list(range(8))
    assert all(people.agency in item["data"]["agencies"] for item in items)
    assert list(pages(people.other_system, "/v1/events")) == []


def test_a_filtered_feed_is_a_chain_too(people: People) -> None:
    for _ in range(4):
        submitted = people.citizen.submits(people.service)
        written = people.citizen.sends(f"{address_of(submitted)}/withdrawal", seen=submitted)

    for query in ("topic=case.withdrawn", f"topic=case.withdrawn&service={people.service}"):
        items = list(pages(people.system, f"/v1/events?limit=2&{query}", position_of(written)))
        assert {item["type"] for item in items} == {"case.withdrawn"}
        assert len(items) == 4
        assert [item["previous"] for item in items] == [0, *(item["sequence"] for item in items[:-1])]
    assert list(pages(people.system, "/v1/events?service=other")) == []


def test_the_links_of_a_feed_of_several_topics_lead_through_all_of_them(people: People) -> None:
    for _ in range(3):
        submitted = people.citizen.submits(people.service)
        written = people.citizen.sends(f"{address_of(submitted)}/withdrawal", seen=submitted)

    query = f"topic=case.submitted&topic=case.withdrawn&service={people.service}&service=other"
    items = list(pages(people.system, f"/v1/events?limit=1&{query}", position_of(written)))

    assert [item["type"] for item in items] == ["case.submitted", "case.withdrawn"] * 3


def test_an_auditors_feed_is_the_whole_log_by_position(people: People) -> None:
    people.citizen.submits(people.service)

    items = list(pages(people.auditor, "/v1/events?limit=1000"))

    assert (
        [item["position"] for item in items] == [item["sequence"] for item in items] == list(range(1, len(items) + 1))
    )
    chosen = list(pages(people.auditor, "/v1/events?limit=2&topic=agency.registered"))
    assert [item["id"] for item in chosen] == [item["id"] for item in items if item["type"] == "agency.registered"]


def test_an_event_has_all_that_its_entry_hash_is_made_of(people: People, where: Where) -> None:
    written = people.citizen.submits(people.service)
    event = list(pages(people.system, "/v1/events", position_of(written)))[-1]
    answer = people.system.asks(f"/v1/events?after={event['previous']}").content
    stored = stored_entry(where, event["position"])

    open_part = answer[answer.index(b'"data":') + len(b'"data":') : answer.rindex(b'}],"next"')]

    assert open_part == stored.open
    assert event["id"] == f"{stored.stream}:{stored.version}"
    assert (event["subject"], event["type"], event["specversion"]) == (str(stored.stream), stored.topic, "1.0")
    assert bytes.fromhex(event["sealedhash"]) == hashlib.sha256(stored.sealed).digest()
    told = entry_hash(
        salt=bytes.fromhex(event["salt"]),
        stream=UUID(event["subject"]),
        version=int(event["id"].partition(":")[2]),
        topic=event["type"],
        recorded_at=int(event["recordedat"]),
        open_hash=hashlib.sha256(open_part).digest(),
        sealed_hash=bytes.fromhex(event["sealedhash"]),
    )
    assert told == entry_of(stored)


def test_a_stream_resumes_where_it_was_left(people: People) -> None:
    for _ in range(3):
        people.citizen.submits(people.service)

    first = streamed(people.system, 2)
    rest = streamed(people.system, 4, Last_Event_ID=first[-1][0])

    events = first + rest
    assert [number for number, _ in events] == ["1", "2", "3", "4", "5", "6"]
    assert [event["sequence"] for _, event in events] == [1, 2, 3, 4, 5, 6]
    assert rest[0][1]["previous"] == 2


def test_a_stream_tells_of_what_happens_while_it_is_open(people: People) -> None:
    found: list[tuple[str, dict[str, Any]]] = []
    thread = threading.Thread(target=lambda: found.extend(streamed(people.system, 13)))
    thread.start()
    for _ in range(10):
        people.citizen.submits(people.service)
    thread.join(20)

    assert [event["previous"] for _, event in found] == list(range(13))


def test_an_auditor_follows_everything(people: People) -> None:
    found = streamed(people.auditor, 3)

    assert [number for number, _ in found] == ["1", "2", "3"]


def test_a_stream_that_is_refused_is_a_problem(people: People) -> None:
    stream = "/v1/events/stream"

    assert_problem(people.anyone.asks(stream, Accept="text/event-stream"), 401, "token-needed")
    assert_problem(people.citizen.asks(stream, Accept="text/event-stream"), 403, "role-may-not")
    assert_problem(people.system.asks(f"{stream}?topic=none"), 400, "topic-is-known")
    assert_problem(people.system.asks(stream, Last_Event_ID="x"), 400, "last-event-id-is-a-number")
    assert_problem(people.system.asks(stream, Accept="application/json"), 406, "not-acceptable")
    assert_problem(people.auditor.asks(f"{stream}?service=x"), 400, "service-filter-is-for-agencies")


def test_a_stream_ends_when_the_window_closes(where: Where, window: RunningWindow, people: People) -> None:
    with RunningWindow(where, window.settings.data, projecting=False) as closing:
        reader = closing.somebody(Role.AGENCY, people.system.subject, people.agency)
        lines: list[str] = []
        begun = threading.Event()

        def follow() -> None:
            with reader.http.stream("GET", "/v1/events/stream", headers={"Accept": "text/event-stream"}) as answer:
                for line in answer.iter_lines():
                    lines.append(line)
                    begun.set()

        thread = threading.Thread(target=follow)
        thread.start()
        assert begun.wait(10)
        closing.stop()
        thread.join(5)

        assert not thread.is_alive()
        assert lines
        reader.http.close()
