"""Reads and writes messages as JSON that every reader reads the same: each member once, no floats, nothing huge."""

import json
from functools import cache
from typing import Any, Final, NoReturn, TypeVar
from uuid import UUID

from pydantic import BaseModel, TypeAdapter, ValidationError

from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.messages import Asked, Reply
from domain.evidence.values import LARGEST_MESSAGE, SPEC
from domain.refusals import Refusal
from domain.text import check_texts
from domain.values import LARGEST_NUMBER, Value

Message = TypeVar("Message", bound=Value)
_MOST_DIGITS: Final = len(str(LARGEST_NUMBER)) + 1


def written(message: Value) -> bytes:
    """Return the message's JSON: names in order, no white space, nothing that is None."""
    document = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_asked(raw: bytes) -> Asked:
    """Return what the window sent.

    Raises:
        NotAcceptedError: it is no such message; the fault says why.
    """
    message: Asked = _read(raw, _asked())
    return message


def read_reply(raw: bytes) -> Reply:
    """Return what a resource sent.

    Raises:
        NotAcceptedError: it is no such message; the fault says why.
    """
    message: Reply = _read(raw, _reply())
    return message


def read_sealed(raw: bytes, kind: type[Message]) -> Message:
    """Return the opened part of a message.

    Raises:
        NotAcceptedError: it is none of that kind.
    """
    _parsed(raw)
    part: Message = _validated(raw, TypeAdapter(kind))
    return part


@cache
def _asked() -> TypeAdapter[Any]:
    return TypeAdapter(Asked)


@cache
def _reply() -> TypeAdapter[Any]:
    return TypeAdapter(Reply)


def _read(raw: bytes, adapter: TypeAdapter[Any]) -> Any:
    document = _parsed(raw)
    if not isinstance(document, dict):
        raise NotAcceptedError(Fault.NOT_A_MESSAGE)
    if document.get("spec") != SPEC:
        raise NotAcceptedError(Fault.UNKNOWN_SPEC, request_id=_id_in(document))
    return _validated(raw, adapter, _id_in(document))


def _parsed(raw: bytes) -> Any:
    if len(raw) > LARGEST_MESSAGE:
        raise NotAcceptedError(Fault.TOO_LARGE)
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_named_once,
            parse_float=_no_number,
            parse_constant=_no_number,
            parse_int=_whole,
        )
    except (ValueError, RecursionError):
        raise NotAcceptedError(Fault.NOT_JSON) from None


def _validated(raw: bytes, adapter: TypeAdapter[Any], request_id: UUID | None = None) -> Any:
    try:
        message = adapter.validate_json(raw, strict=True)
    except ValidationError as error:
        # Places only: what was sent may name a person.
        places = sorted({".".join(map(str, each["loc"][:2])) for each in error.errors(include_input=False)})
        raise NotAcceptedError(Fault.NOT_A_MESSAGE, ", ".join(places)[:200], request_id) from None
    if isinstance(message, BaseModel):
        try:
            check_texts([message])
        except Refusal as refusal:
            raise NotAcceptedError(Fault.UNREADABLE_TEXT, refusal.field, request_id) from None
    return message


def _id_in(document: dict[str, Any]) -> UUID | None:
    try:
        return UUID(document["requestId"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _no_number(_: str) -> NoReturn:
    raise ValueError("only whole numbers")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS or abs(number := int(digits)) > LARGEST_NUMBER:
        raise ValueError("a number that not every reader holds exactly")
    return number
