"""Holds what is told of events against what is published of them."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from ledger.published.catalogue import Name, schemas


def follows(topic: str, document: Any, version: int | None = None) -> None:
    """Check that an open part follows the schema of its topic and version; with a version, that it is of that one."""
    validator = _validators()[Name(topic, document["schema"] if version is None else version)]
    assert_valid(validator, document)


def assert_valid(validator: Draft202012Validator, document: Any) -> None:
    """Check that a document follows a schema, and say where it does not."""
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]

    assert errors == []


@cache
def _validators() -> dict[Name, Draft202012Validator]:
    checker = Draft202012Validator.FORMAT_CHECKER
    return {name: Draft202012Validator(schema, format_checker=checker) for name, schema in schemas().items()}
