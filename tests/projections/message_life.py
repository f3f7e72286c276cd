"""What the two sides of a random case write to each other, take back and report."""

from datetime import timedelta
from random import Random

from domain.case.message_commands import MessageCommand, ReportContact, SendMessage, TakeBackMessage
from domain.case.message_decisions import SHOWN_AFTER
from domain.case.message_state import Message
from domain.envelope import Actor
from tests.projections.evidence_life import Moment


def written(moment: Moment, random: Random) -> MessageCommand:
    """Return a message, or something about the last one; the case may not allow it."""
    at, last = moment.at, _last(moment)
    side = random.choice(_sides(moment))
    what = random.randrange(4)
    if last is not None and what == 0:
        return TakeBackMessage(
            last.shown_from - SHOWN_AFTER + timedelta(seconds=random.randrange(60)), side, _count(moment)
        )
    if last is not None and what == 1:
        return ReportContact(at, side, moment.whisper, random.choice((None, _count(moment))))
    forms = [form.name for form in moment.service.message_forms]
    if forms and what == 2:
        return SendMessage(at, moment.day, side, moment.service, form=random.choice(forms))
    return SendMessage(at, moment.day, side, moment.service, words=moment.whisper)


def _count(moment: Moment) -> int:
    return len(moment.case.messages.sent)


def _last(moment: Moment) -> Message | None:
    return moment.case.messages.message(_count(moment))


def _sides(moment: Moment) -> list[Actor]:
    official = moment.case.official
    return [moment.applicant] + ([Actor(role="official", pseudonym=official)] if official else [])
