"""An entry as a CloudEvent is always JSON on one line, whatever another application has stored."""

import json
from base64 import b64decode
from uuid import UUID

import pytest

from ledger.published.cloud_events import cloud_event, media_type
from ledger.published.concerning import read
from ledger.store.entries import StoredEntry
from tests.published.examples import entries

OF_OTHERS = {
    b'{"a":1,"b":"\xc9\x99"}': "application/json",
    b"[]": "application/json",
    b'{"a": 1}': "application/octet-stream",
    b'{"b":1,"a":1}': "application/octet-stream",
    b'{"a":1e16}': "application/octet-stream",
    b'"\\u0259"': "application/octet-stream",
    b'{"a":\n1}': "application/octet-stream",
    b"\x00 this is no JSON": "application/octet-stream",
    b"": "application/octet-stream",
}


def entry_of_another_application(state: bytes) -> StoredEntry:
    return StoredEntry(1, UUID(int=1), 1, 1_795_534_200_000_000, "weather.measured", bytes(32), state, b"")


def test_ours_is_spliced_in_as_it_is_stored() -> None:
    for entry in entries():
        assert media_type(read(entry)) == "application/json"
        assert cloud_event(read(entry), 2, 1).endswith(b'"data":' + entry.open + b"}")


@pytest.mark.parametrize(("state", "media"), OF_OTHERS.items())
def test_what_another_application_has_stored_does_not_break_the_feed(state: bytes, media: str) -> None:
    told = cloud_event(read(entry_of_another_application(state)), 2, 1)

    event = json.loads(told)
    assert b"\n" not in told
    assert event["datacontenttype"] == media
    if media == "application/json":
        assert told.endswith(b'"data":' + state + b"}")
    else:
        assert "data" not in event
        assert b64decode(event["data_base64"]) == state
