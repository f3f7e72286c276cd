"""The switches of the reference resource: everything that a real one may do to the window, on purpose."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StrictBool

from domain.evidence.errors import ErrorCode
from domain.evidence.values import DisputeOutcome
from domain.values import Value

Planted: TypeAlias = Literal[
    "unsealed", "malformed", "unsigned", "other_signer", "other_request", "other_hash", "other_element", "wrong_type"
]
"""What is wrong with an answer."""

Milliseconds: TypeAlias = Annotated[int, Field(ge=0, le=86_400_000)]


class Behaviour(Value):
    """How the resource behaves from now on. Without a switch it answers at once, and rightly.

    Attributes:
        silent: it takes everything and says nothing.
        delay_ms: it says everything that much later, and keeps an HTTP request waiting for it.
        later_ms: it acknowledges at once and answers that much later.
        defer_ms: it says at once that the answer comes that much later, and then answers.
        error: it answers with this error.
        fault: what is wrong with its answers.
        twice: it answers, and answers again.
        preview: the person must see on its own page what it would answer.
        dispute: what it finds when the register is disputed.
    """

    silent: StrictBool = False
    delay_ms: Milliseconds = 0
    later_ms: Milliseconds | None = None
    defer_ms: Milliseconds | None = None
    error: ErrorCode | None = None
    fault: Planted | None = None
    twice: StrictBool = False
    preview: StrictBool = False
    dispute: DisputeOutcome = "confirmed"
