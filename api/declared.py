"""Corrects the OpenAPI document where the framework declares more than the API accepts, or uses its own words."""

from typing import Any, Final

from domain.values import SAYS_SOMETHING

UUID7: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
# The part of the rule in domain/text.py that a pattern can express. The descriptions state the rest: marks are closed,
# and something is visible.
_UNREADABLE: Final = r"\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069"
READABLE: Final = rf"^[^{_UNREADABLE}]*[^{_UNREADABLE}\s][^{_UNREADABLE}]*$"
TEXTS: Final = (
    "Every text has something to be seen. It holds no control characters but tabs and line breaks, no noncharacters, "
    "and closes in each line the bidirectional marks that it opens. A refusal names the field and the rule: "
    "`text-has-something-to-see`, `text-has-no-control-characters`, `text-has-no-noncharacters`, "
    "`text-closes-its-bidirectional-marks`, `text-can-be-stored`."
)


def declare(document: dict[str, Any]) -> None:
    """Narrow the document's schemas to what the API accepts."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
    waiting: list[Any] = [document["paths"], document["components"]]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            _declare_schema(part)
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter without null: a parameter is present or absent."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if not kinds:
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**(kinds[0] if len(kinds) == 1 else {"anyOf": kinds}), **rest}


def _declare_schema(schema: dict[str, Any]) -> None:
    if schema.get("format") == "uuid7":  # pydantic's own keyword
        schema |= {"format": "uuid", "pattern": UUID7}
    if schema.get("pattern") == SAYS_SOMETHING:
        schema["pattern"] = READABLE
    if "patternProperties" in schema:  # no other names are accepted
        schema.setdefault("additionalProperties", False)
