"""All kinds of streams, one line each. A new kind is judged once it has its line here."""

from collections.abc import Mapping
from typing import Any, Final

from application.verifying.agencies import AGENCY
from application.verifying.calendars import CALENDAR
from application.verifying.cases import CASE
from application.verifying.desks import DESK
from application.verifying.judge import Kind
from application.verifying.looks import LOOK
from application.verifying.mandates import MANDATE
from application.verifying.openings import OPENING
from application.verifying.register import REGISTER
from application.verifying.services import SERVICE
from application.verifying.submissions import SUBMISSION
from application.verifying.subscriptions import SUBSCRIPTION

_ALL: Final[tuple[Kind[Any, Any], ...]] = (
    AGENCY,
    CALENDAR,
    CASE,
    DESK,
    LOOK,
    MANDATE,
    OPENING,
    REGISTER,
    SERVICE,
    SUBMISSION,
    SUBSCRIPTION,
)
KINDS: Final[Mapping[str, Kind[Any, Any]]] = {kind.name: kind for kind in _ALL}
"""Maps the first word of a topic to the kind of stream."""
