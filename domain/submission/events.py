"""What happens to a case that is not there yet."""

from typing import ClassVar

from domain.event import Event


class SubmissionPrevented(Event):
    """A key of this case was destroyed before the case was submitted: none can come to be under this id any more.

    It is the first and only event of its stream, so the ledger refuses a submission that comes later. It names nobody
    and concerns no agency; the actor says why the key was destroyed.
    """

    topic: ClassVar[str] = "submission.prevented"
