"""An open part is parsed once, and the event is made from that. This accepts exactly what parsing bytes accepts."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.event import Event, sealed_fields
from ledger.published.codec import decode, values_to_seal
from tests.domain.changing import changed, made
from tests.domain.examples import EXAMPLES
from tests.published.examples import ENVELOPE, entry_of


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_what_is_written_is_read(event: Event) -> None:
    decoded = decode(entry_of(event))

    assert decoded.event == event.model_copy(update=dict.fromkeys(sealed_fields(type(event))))
    assert decoded.envelope == ENVELOPE


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_what_is_to_be_sealed_is_json_as_it_is(event: Event) -> None:
    sealed = event.model_dump(mode="json", include=set(sealed_fields(type(event))))
    values = values_to_seal(event)

    for name, value in sealed.items():
        if isinstance(getattr(event, name), dict):  # a value of several parts is sealed as one
            assert {key: values[f"{name}.{key}"] for key in value} == value
        else:
            assert values[name] == value
    assert orjson.loads(orjson.dumps(values)) == values
    assert {name.partition(".")[0] for name in values} == set(sealed_fields(type(event)))


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
@given(st.data())
def test_what_is_parsed_is_read_as_its_bytes_would_be(event: Event, data: st.DataObject) -> None:
    kind = type(event)
    stored: Any = data.draw(changed(event.model_dump(mode="json", exclude=set(sealed_fields(kind)))))

    assert made(kind.model_validate, stored) == made(kind.model_validate_json, orjson.dumps(stored))
