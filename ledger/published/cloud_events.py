"""An entry of the ledger as a CloudEvent (1.0): the attributes, and the JSON format.

`data` is the open part byte for byte as it is stored and hashed; `type` is the topic, `time` is recorded_at to the
microsecond. With `salt` and `sealedhash` a reader has everything in the entry hash, and can prove what it received.
`previous` is the sequence of the delivery before this one in the same channel, so that a gap is visible.
"""

import hashlib
import json
from base64 import b64encode

import orjson

from domain.values import text_at
from ledger.published.concerning import Read
from ledger.store.entries import StoredEntry

SOURCE = "/ledger"
JSON = "application/json"
BYTES = "application/octet-stream"


def event_id(entry: StoredEntry) -> str:
    """Return the event's id: its stream and version. It never changes and is the same in every channel."""
    return f"{entry.stream}:{entry.version}"


def media_type(told: Read) -> str:
    """Return the media type of the open part: JSON if it is as the codec writes it, else bytes of another application.

    Only JSON in that one form survives the parsers and writers between here and a reader who proves it by the log.
    """
    return JSON if told.event is not None or _is_written_so(told.entry.open) else BYTES


def _is_written_so(open_part: bytes) -> bool:
    try:
        document = orjson.loads(open_part)
        orjson.dumps(document)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # no JSON, or nested deeper than every parser accepts
        return False
    written = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode() == open_part


def attributes(entry: StoredEntry) -> dict[str, str]:
    """Return the attributes that depend only on the entry."""
    return {
        "specversion": "1.0",
        "id": event_id(entry),
        "source": SOURCE,
        "type": entry.topic,
        "subject": str(entry.stream),
        "time": text_at(entry.recorded_at),
        "position": str(entry.position),
        "recordedat": str(entry.recorded_at),
        "salt": entry.salt.hex(),
        "sealedhash": hashlib.sha256(entry.sealed).hexdigest(),
    }


def cloud_event(told: Read, sequence: int, previous: int) -> bytes:
    """Return the event as JSON. The bytes of the open part are inserted unchanged."""
    entry = told.entry
    stream, time = str(entry.stream), text_at(entry.recorded_at)
    media = media_type(told)
    data = b'"data":' + entry.open if media == JSON else b'"data_base64":"%b"' % b64encode(entry.open)
    attributes = (
        f'{{"specversion":"1.0","id":"{stream}:{entry.version}","source":"{SOURCE}","type":{orjson.dumps(entry.topic).decode()},'
        f'"subject":"{stream}","time":"{time}","datacontenttype":"{media}","sequence":{sequence},'
        f'"previous":{previous},"position":{entry.position},"recordedat":"{entry.recorded_at}",'
        f'"salt":"{entry.salt.hex()}","sealedhash":"{hashlib.sha256(entry.sealed).hexdigest()}",'
    )
    return attributes.encode() + data + b"}"
