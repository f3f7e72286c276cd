"""Bytes are parsed once: in a request, and wherever a stored event is folded, loaded or delivered."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import orjson
import pytest

from api.bodies import document_of
from application.cases.requests import Submission
from consumers.kafka_settings import AUDIT, LEDGER, topic_of
from consumers.rounds import Numbers
from domain.topics import TOPICS
from ledger.published.cloud_events import cloud_event
from ledger.published.codec import decode
from ledger.published.concerning import read
from ledger.store.entries import StoredEntry
from projections.folds import ALL_VIEWS
from projections.recorded import Batch
from projections.tables import Rows
from tests.published.examples import ENVELOPE, entries

SUBMITTED = next(entry for entry in entries() if entry.topic == "case.submitted")._replace(sealed=b"")
_PARSERS = ("loads", "validate_json")


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count how often this thread parses JSON or writes it."""
    calls = Counter[str]()

    def see(_: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called.__name__ in {*_PARSERS, "dumps", "to_json"}:
            calls["parsed" if called.__name__ in _PARSERS else "written"] += 1

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def test_a_body_is_parsed_once_and_written_by_nobody() -> None:
    raw = orjson.dumps({"service": "permit", "answers": {"plot.area": 12}})

    with counted() as calls:
        submission = document_of(raw, "application/json", Submission).document

    assert submission.answers == {"plot.area": 12}
    assert calls == {"parsed": 1}


def test_an_event_is_parsed_once_for_all_views() -> None:
    with counted() as calls:
        batch = Batch.of([SUBMITTED])
        for view in ALL_VIEWS:
            view.take(Rows(view.tables), batch)

    assert calls["parsed"] == 1


def _tell_a_webhook(entry: StoredEntry) -> None:
    told = read(entry)
    assert told.lane
    cloud_event(told, 2, 1)


def _tell_kafka(entry: StoredEntry) -> None:
    partitions = dict.fromkeys((*map(topic_of, ENVELOPE.agencies), AUDIT, LEDGER), 6)
    list(Numbers({}, partitions, with_ledger=True).rounds([read(entry)]))


def _load(entry: StoredEntry) -> None:
    one = decode(entry)
    assert isinstance(one.event, TOPICS[entry.topic])
    assert one.event is one.event
    assert one.envelope == ENVELOPE


@pytest.mark.parametrize("use", [_tell_a_webhook, _tell_kafka, _load], ids=lambda use: use.__name__)
def test_an_event_is_parsed_once_to_be_told_or_loaded(use: Callable[[StoredEntry], None]) -> None:
    with counted() as calls:
        use(SUBMITTED)

    assert calls["parsed"] == 1
