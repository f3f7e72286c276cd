"""A keeper may die at any point: the next one goes on, everything that was signed is published, and nothing else is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from ledger.public_log import signer
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.note import NoteSignature
from ledger.public_log.signer import FileLogSigner
from ledger.public_log.tile_store import TileStore
from tests.ledger.tree.kept import Place, append, check_log, keep, keeper

COSIGNATURE = NoteSignature("some.witness/w", b"\0\0\0\0", b"\1" * 72)


class Crash(BaseException):
    """The end of the process, here and now."""


class Fault(NamedTuple):
    """The place of a crash, and whether the tree of 600 was signed by then."""

    name: str
    owner: object
    method: str
    strike: Callable[[Callable[..., Any]], Callable[..., Any]]
    was_signed: bool


def before(_does: Callable[..., Any]) -> Callable[..., Any]:
    """Die instead of doing the step."""

    def crash(*_arguments: object, **_named: object) -> NoReturn:
        raise Crash

    return crash


def after(does: Callable[..., Any]) -> Callable[..., Any]:
    """Do the step, and die before anybody learns of it."""

    def crash(*arguments: object, **named: object) -> NoReturn:
        does(*arguments, **named)
        raise Crash

    return crash


def half_way(_does: Callable[..., Any]) -> Callable[..., Any]:
    """Die after half of the file is written."""

    def crash(path: Path, content: bytes) -> NoReturn:
        path.with_name(path.name + ".new").write_bytes(content[: len(content) // 2])
        raise Crash

    return crash


FAULTS = (
    Fault("before tiles are written", TileStore, "grow", before, was_signed=False),
    Fault("after tiles are written", TileStore, "grow", after, was_signed=False),
    Fault("before it is signed", FileLogSigner, "sign", before, was_signed=False),
    Fault("while what was signed is kept", signer, "_write", half_way, was_signed=False),
    Fault("after what was signed is kept", signer, "_write", after, was_signed=True),
    Fault("before it is published", CheckpointStore, "publish", before, was_signed=True),
    Fault("within what is published", CheckpointStore, "cosign", before, was_signed=True),
    Fault("at the end of what is published", CheckpointStore, "cosign", after, was_signed=True),
    Fault("after it is published", CheckpointStore, "publish", after, was_signed=True),
)


def keep_with_a_cosignature(place: Place) -> None:
    """One round of a keeper, with a witness's cosignature."""
    with keeper(place) as log:
        log.grow()
        log.sign()
        log.publish({COSIGNATURE.name: COSIGNATURE})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_keeper_dies_and_the_next_one_goes_on(place: Place, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    append(place, 300)
    keep(place)
    append(place, 300)
    with monkeypatch.context() as patched:
        patched.setattr(fault.owner, fault.method, fault.strike(getattr(fault.owner, fault.method)))
        with pytest.raises(Crash):
            keep_with_a_cosignature(place)
    append(place, 5)

    assert keep(place) == 605
    assert check_log(place) == ([0, 300, 600, 605] if fault.was_signed else [0, 300, 605])


FIRST_FAULTS = (
    Fault("before the first checkpoint is kept", signer, "_write", before, was_signed=False),
    Fault("after the first checkpoint is kept, before the key is", signer, "_write", after, was_signed=False),
    Fault("while the first checkpoint is kept", signer, "_write", half_way, was_signed=False),
    Fault("before the key is registered", CheckpointStore, "register", before, was_signed=False),
    Fault("after the key is registered", CheckpointStore, "register", after, was_signed=False),
)


@pytest.mark.parametrize("fault", FIRST_FAULTS, ids=lambda fault: fault.name)
def test_the_first_keeper_dies_while_the_log_begins(
    place: Place, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    append(place, 3)
    with monkeypatch.context() as patched:
        patched.setattr(fault.owner, fault.method, fault.strike(getattr(fault.owner, fault.method)))
        with pytest.raises(Crash):
            keep(place)

    assert keep(place) == 3
    assert check_log(place) == [0, 3]
