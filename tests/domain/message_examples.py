"""Messages of a case in the small town: a service that offers forms, and one event of each topic."""

from datetime import timedelta

from domain.case.message_decisions import SHOWN_AFTER
from domain.case.message_events import ContactReported, MessageSent, MessageTakenBack
from domain.event import Event
from domain.service.definition import MessageForm
from tests.domain.town import AT, SERVICE, TODAY

WITH_FORMS = SERVICE.model_copy(
    update={
        "message_forms": (
            MessageForm(name="when", by="applicant", text={"en": "When will it be decided?"}),
            MessageForm(name="soon", by="official", text={"en": "It will be decided soon."}),
        )
    }
)
SENT = MessageSent(number=1, side="applicant", local_date=TODAY, shown_from=AT + SHOWN_AFTER, words="When?")
SENT_BY_FORM = MessageSent(number=1, side="applicant", local_date=TODAY, shown_from=AT + SHOWN_AFTER, form="when")
REPLIED = MessageSent(number=2, side="official", local_date=TODAY, shown_from=AT + SHOWN_AFTER, words="Soon.")
TAKEN_BACK = MessageTakenBack(number=1)
REPORTED = ContactReported(side="applicant", message=2, statement="It tells me to come by.")
MESSAGE_EXAMPLES: tuple[Event, ...] = (
    SENT.model_copy(update={"form": "when"}),
    TAKEN_BACK,
    REPORTED,
)
SHOWN = AT + SHOWN_AFTER
IN_TIME, TOO_LATE_FOR_IT = AT + timedelta(seconds=60), AT + timedelta(seconds=61)
