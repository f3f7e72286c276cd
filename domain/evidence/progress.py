"""The life of one request for evidence: a table of what each happening leads to, in each state.

The table is complete: messages come in any order, late and repeatedly, and whatever comes has its place in it. A
settled request stays settled; what comes afterwards is a remark, which is recorded and changes nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class EvidenceState(StrEnum):
    """Where a request stands."""

    PREPARED = "Prepared"
    SENT = "Sent"
    ACKNOWLEDGED = "Acknowledged"
    DEFERRED = "Deferred"
    PREVIEW_PENDING = "PreviewPending"
    ANSWERED = "Answered"
    NOT_FOUND = "NotFound"
    REFUSED = "Refused"
    PREVIEW_REJECTED = "PreviewRejected"
    TIMED_OUT = "TimedOut"
    FAILED = "Failed"


class Happening(StrEnum):
    """What happens to a request: the window's own acts, the resource's messages, the person's acts, and the clocks'.

    `FAILED` is the resource's: it signed what cannot be used, or cannot be asked. `NOT_SENT` is the window's: nothing
    has ever left it, so that the resource could not know. `PREVIEW_LAPSED`: the person has not looked in time.
    `UNACCEPTABLE`: a message came that is not proven to be the resource's word.
    """

    SENT = "Sent"
    NOT_SENT = "NotSent"
    ACKNOWLEDGED = "Acknowledged"
    DEFERRED = "Deferred"
    PREVIEW_ASKED = "PreviewAsked"
    ANSWERED = "Answered"
    NOT_FOUND = "NotFound"
    REFUSED = "Refused"
    PREVIEW_REJECTED = "PreviewRejected"
    PREVIEW_LAPSED = "PreviewLapsed"
    TIMED_OUT = "TimedOut"
    FAILED = "Failed"
    DISPUTED = "Disputed"
    UNACCEPTABLE = "Unacceptable"


class Remark(StrEnum):
    """What is recorded of a happening that changes nothing."""

    LATE = "Late"
    DUPLICATE = "Duplicate"
    DISPUTED = "Disputed"
    UNACCEPTABLE = "Unacceptable"


class Outcome(NamedTuple):
    """The state after a happening, and what is remarked if the happening changes nothing."""

    state: EvidenceState
    remark: Remark | None = None


class End(NamedTuple):
    """A state in which a request is settled, and whether that counts against the resource."""

    state: EvidenceState
    counts_against_resource: bool


ENDS: Final[Mapping[Happening, End]] = MappingProxyType(
    {
        Happening.ANSWERED: End(EvidenceState.ANSWERED, counts_against_resource=False),
        Happening.NOT_FOUND: End(EvidenceState.NOT_FOUND, counts_against_resource=False),
        # A refusal is an answer: what was wrong with the request is the requester's to repair.
        Happening.REFUSED: End(EvidenceState.REFUSED, counts_against_resource=False),
        Happening.PREVIEW_REJECTED: End(EvidenceState.PREVIEW_REJECTED, counts_against_resource=False),
        # Who does not look has not agreed, and the time was the person's.
        Happening.PREVIEW_LAPSED: End(EvidenceState.PREVIEW_REJECTED, counts_against_resource=False),
        Happening.NOT_SENT: End(EvidenceState.FAILED, counts_against_resource=False),
        Happening.TIMED_OUT: End(EvidenceState.TIMED_OUT, counts_against_resource=True),
        Happening.FAILED: End(EvidenceState.FAILED, counts_against_resource=True),
    }
)
"""What settles a request, and which of it counts against the resource; all other ends are counted apart."""

SETTLED: Final = frozenset(end.state for end in ENDS.values())
"""The states that nothing leads out of."""

_ALWAYS_REMARKED: Final = {Happening.DISPUTED: Remark.DISPUTED, Happening.UNACCEPTABLE: Remark.UNACCEPTABLE}
_S, _H = EvidenceState, Happening
_OPEN: Final = tuple(state for state in EvidenceState if state not in SETTLED)
_OWED: Final = (_S.PREPARED, _S.SENT)  # a message may overtake the record that the request was sent

# What leads where before a request is settled, where ENDS does not say it for all states.
_WITHIN: Final[Mapping[Happening, Mapping[EvidenceState, Outcome]]] = {
    _H.SENT: {
        **{state: Outcome(state) for state in (_S.SENT, _S.ACKNOWLEDGED, _S.DEFERRED)},  # a retry of the same request
        _S.PREPARED: Outcome(_S.SENT),
        _S.PREVIEW_PENDING: Outcome(_S.SENT),  # the second request, after the person has agreed
    },
    _H.ACKNOWLEDGED: {
        **dict.fromkeys(_OWED, Outcome(_S.ACKNOWLEDGED)),
        **{state: Outcome(state, Remark.DUPLICATE) for state in (_S.ACKNOWLEDGED, _S.DEFERRED, _S.PREVIEW_PENDING)},
    },
    _H.DEFERRED: {
        **dict.fromkeys((*_OWED, _S.ACKNOWLEDGED, _S.DEFERRED), Outcome(_S.DEFERRED)),
        _S.PREVIEW_PENDING: Outcome(_S.PREVIEW_PENDING, Remark.DUPLICATE),
    },
    _H.PREVIEW_ASKED: {
        **dict.fromkeys((*_OWED, _S.ACKNOWLEDGED, _S.DEFERRED), Outcome(_S.PREVIEW_PENDING)),
        _S.PREVIEW_PENDING: Outcome(_S.PREVIEW_PENDING, Remark.DUPLICATE),
    },
    # A clock that ran for another state than the one that the request is in by now has run out too late.
    _H.TIMED_OUT: {_S.PREVIEW_PENDING: Outcome(_S.PREVIEW_PENDING, Remark.LATE)},
    _H.PREVIEW_LAPSED: {state: Outcome(state, Remark.LATE) for state in _OPEN if state is not _S.PREVIEW_PENDING},
    _H.NOT_SENT: {state: Outcome(state, Remark.LATE) for state in _OPEN if state is not _S.PREPARED},
}

# A request that a message has settled has its answer, and another one repeats it; else it comes too late.
_REMARK_AFTER: Final[Mapping[EvidenceState, Remark]] = {
    _S.ANSWERED: Remark.DUPLICATE,
    _S.NOT_FOUND: Remark.DUPLICATE,
    _S.REFUSED: Remark.DUPLICATE,
    _S.PREVIEW_REJECTED: Remark.LATE,
    _S.TIMED_OUT: Remark.LATE,
    _S.FAILED: Remark.LATE,
}


def _outcomes(happening: Happening) -> Mapping[EvidenceState, Outcome]:
    """Return what a happening leads to in each state."""
    if (remark := _ALWAYS_REMARKED.get(happening)) is not None:
        return {state: Outcome(state, remark) for state in EvidenceState}
    settled = {state: Outcome(state, _REMARK_AFTER[state]) for state in SETTLED}
    end = ENDS.get(happening)
    ended = dict.fromkeys(_OPEN, Outcome(end.state)) if end is not None else {}
    return {**ended, **_WITHIN.get(happening, {}), **settled}


OUTCOMES: Final[Mapping[Happening, Mapping[EvidenceState, Outcome]]] = MappingProxyType(
    {happening: MappingProxyType(_outcomes(happening)) for happening in Happening}
)
"""The only state machine of requests: the outcome of each happening in each state."""


def outcome(state: EvidenceState, happening: Happening) -> Outcome:
    """Return what the happening leads to."""
    return OUTCOMES[happening][state]
