"""Compares sent events with the schemas that are published for them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from api.asyncapi import document
from api.asyncapi_messages import SIGNED, STREAMED
from ledger.published.catalogue import Name, schemas

ASYNCAPI: dict[str, Any] = json.loads(document())


def open_part_follows(topic: str, open_part: Any, version: int | None = None) -> None:
    """Check that an open part follows the schema of its topic and version, and has the given version, if any."""
    _valid(_schemas()[Name(topic, open_part["schema"] if version is None else version)], open_part)


def record_follows(headers: Mapping[str, str], key: str, value: bytes) -> None:
    """Check that a Kafka record follows the AsyncAPI document's message for its type and version."""
    open_part = json.loads(value)
    message = f"#/components/messages/{headers['ce_type']}.{open_part['schema']}"
    _valid(_in_asyncapi(f"{message}/headers"), dict(headers))
    _valid(_in_asyncapi(f"{message}/bindings/kafka/key"), key)
    _valid(_in_asyncapi(f"{message}/payload"), open_part)
    open_part_follows(headers["ce_type"], open_part)


def streamed_follows(event: Any) -> None:
    """Check that an event of the feed, or of its stream, follows the AsyncAPI document's message."""
    _valid(_in_asyncapi(f"#/components/messages/{STREAMED}/payload"), event)
    open_part_follows(event["type"], event["data"])


def delivery_follows(headers: Mapping[str, str], body: bytes) -> None:
    """Check that a webhook's delivery follows the AsyncAPI document's message."""
    _valid(_in_asyncapi(f"#/components/messages/{SIGNED}/headers"), dict(headers))
    _valid(_in_asyncapi(f"#/components/messages/{SIGNED}/payload"), json.loads(body))


def _valid(validator: Validator, told: Any) -> None:
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(told)]

    assert errors == []


@cache
def _schemas() -> dict[Name, Draft202012Validator]:
    checker = Draft202012Validator.FORMAT_CHECKER
    return {name: Draft202012Validator(schema, format_checker=checker) for name, schema in schemas().items()}


@cache
def _in_asyncapi(place: str) -> Draft7Validator:
    """Return a validator for a schema of the document, whose dialect is a superset of draft 7."""
    return Draft7Validator({**ASYNCAPI, "$ref": place}, format_checker=Draft7Validator.FORMAT_CHECKER)
