"""The JSON Schema of an event's open part, made from the types that write it (see ledger/published/codec.py).

The data of a schema version are closed: they will never have other members than these. The envelope is open: new
members, roles and origins may be added. So a reader who ignores what it does not know can read every later event.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from domain.envelope import Envelope
from domain.event import Event, sealed_fields
from domain.values import rfc3339

Schema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
MEDIA_TYPE: Final = "application/schema+json"
INSTANT: Final[Mapping[str, str]] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
}
"""An instant as the ledger writes it: in UTC, with microseconds."""


def address_of(topic: str, version: int) -> str:
    """Return the address at which the schema is served."""
    return f"/v1/schemas/events/{topic}/{version}"


def schema_of(kind: type[Event]) -> Schema:
    """Return the schema of the open part, for the newest version of an event type."""
    data = _data(kind)
    version: Schema = {"type": "integer", "const": kind.schema_version}
    members = {**_envelope()["properties"], "data": data, "schema": version}
    return {
        "$schema": DIALECT,
        "$id": address_of(kind.topic, kind.schema_version),
        "title": f"{kind.topic}, version {kind.schema_version}",
        "description": f"The open part, as it is stored, hashed and published. {data['description']}",
        "type": "object",
        "properties": dict(sorted(members.items())),
        "required": sorted(members),
    }


def _data(kind: type[Event]) -> Schema:
    """Return the schema of the open data. Sealed fields are left out, since they are never published."""
    made = _schema(kind)
    for name in sealed_fields(kind):
        del made["properties"][name]
        made["required"].remove(name)
    return made


def _envelope() -> Schema:
    made = _schema(Envelope)
    actor = made["properties"]["actor"]
    for each in (made, actor):
        del each["additionalProperties"]
    for growing in (actor["properties"]["role"], made["properties"]["origin"]):
        growing["examples"] = growing.pop("enum")
    return made


def _schema(kind: type[BaseModel]) -> Schema:
    made = kind.model_json_schema(by_alias=False, mode="serialization", schema_generator=AsStored)
    definitions = made.pop("$defs", {})
    written: Schema = in_place(made, definitions)
    return {"required": [], **written}


def in_place(part: Any, definitions: Mapping[str, Any]) -> Any:
    """Return the schema with every definition inlined, so that it needs no other part of a document."""
    if isinstance(part, dict):
        if "$ref" in part:
            return in_place(definitions[part["$ref"].removeprefix("#/$defs/")], definitions)
        return {name: in_place(each, definitions) for name, each in part.items()}
    return [in_place(each, definitions) for each in part] if isinstance(part, list) else part


class AsStored(GenerateJsonSchema):
    """Makes schemas of what the codec writes: every member is present, and an instant has one form."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ARG002, FBT001 - the interface
        """Every member is written."""
        return True

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the interface
        """A name needs no title that repeats it."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """What is always written has no default."""
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A mapping has no other names than its pattern allows."""
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:
        """An instant has one form."""
        return dict(INSTANT) if schema.get("function") is rfc3339 else super().ser_schema(schema)
