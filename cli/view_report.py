"""Reports how views compare with the events."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cli.terminal import say
from projections.audit import MOST, Audited, Difference

_LONGEST = 200


def tell_views(audited: Sequence[Audited]) -> None:
    """Print one line for each view and one for each difference."""
    for one in audited:
        verdict = f"{len(one.differences)} differences" if one.differences else "equal"
        say(f"{one.view}: {verdict} at position {one.position}, {one.rows} rows")
        if one.stopped:
            say(f"  the live view has stopped there: {one.stopped}")
        for difference in one.differences:
            say(f"  {_sentence(difference)}")
        if len(one.differences) >= MOST:
            say("  ... and perhaps more: only so many are told")


def view_documents(audited: Sequence[Audited]) -> list[Mapping[str, Any]]:
    """Return the same for JSON."""
    return [{**one._asdict(), "differences": [_document(each) for each in one.differences]} for one in audited]


def _sentence(difference: Difference) -> str:
    key = ", ".join(f"{name} {_shown(value)}" for name, value in difference.key.items())
    after = "no event says so" if difference.position is None else f"they part after event {difference.position}"
    if difference.field is None:
        what = "is missing" if difference.kind == "missing" else "was added"
        return f"{difference.table}: the row of {key} {what}; {after}"
    values = f"{_shown(difference.live)} and not {_shown(difference.replayed)}"
    return f"{difference.table}: {difference.field} of {key} is {values}; {after}"


def _document(difference: Difference) -> Mapping[str, Any]:
    key = {name: _plain(value) for name, value in difference.key.items()}
    return {
        **difference._asdict(),
        "key": key,
        "live": _plain(difference.live),
        "replayed": _plain(difference.replayed),
    }


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value) if isinstance(value, UUID) else value


def _shown(value: object) -> str:
    text = str(_plain(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
