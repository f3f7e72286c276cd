"""A window with a small town's catalogue, and what people do there, for tests without HTTP."""

from collections.abc import Sequence
from uuid import UUID

from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.case_streams import load_case
from application.cases.casework import Written
from application.cases.requests import Closing, Decision, Submission
from application.cases.submission import submit
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.draws.holding import Held
from application.idempotency import Idempotency
from application.window import Window
from domain.service.definition import Question, ServiceDefinition, Step
from tests.draws.steered import drawn_for

ISSUER = "https://id.example"
COORDINATOR = Caller(ISSUER, "coordinator", Role.COORDINATOR)
SERVICE = ServiceDefinition(
    slug="permit",
    agency="town",
    desk="front",
    title={"en": "Permit"},
    description={"en": "A permit"},
    legal_basis="Act 1",
    steps=(Step(name="check", label={"en": "Check"}, first=True),),
    questions=(Question(element="person.name", label={"en": "Name"}, type="text"),),
    channels=("internet",),
    languages=("en",),
)


def citizen(name: str) -> Caller:
    """Return a person as a citizen."""
    return Caller(ISSUER, name, Role.CITIZEN)


def official(name: str, *desks: str) -> Caller:
    """Return a person as an official of the town, at all of its desks or at these."""
    return Caller(ISSUER, name, Role.OFFICIAL, "town", frozenset(desks) or None)


async def open_town(window: Window, limits: dict[str, int] | None = None) -> None:
    """Register the town with its two desks, and publish its service."""
    entry = AgencyEntry(
        slug="town", name={"en": "Town"}, time_zone="UTC", desks=("front", "back"), desk_limits=limits or {}
    )
    await change_catalogue(window, COORDINATOR, entry)
    await change_catalogue(window, COORDINATOR, ServiceDraft(definition=SERVICE))
    await change_catalogue(window, COORDINATOR, ServicePublication(version=1), "permit")


async def submitted(window: Window, who: Caller, *, key: str | None = None) -> Written:
    """Submit somebody's request for the permit."""
    request = Submission(service="permit", answers={"person.name": "Ana"})
    idempotency = None if key is None else Idempotency("POST /v1/cases", key, b"")
    return await submit(window, who, request, "internet", idempotency)


async def is_given(window: Window, who: Caller, case_id: UUID, held: Sequence[UUID] = ()) -> None:
    """Have a draw give an official a case; `held` are the pseudonyms of officials in open cases."""
    await drawn_for(window, who, case_id, Held(held, await window.ledger.head()))


async def decides(window: Window, who: Caller, case_id: UUID) -> Written:
    """Let an official decide a case in its present state."""
    found = await load_case(window.ledger, case_id)
    reasons = None if found.state is not None and found.state.applicant_is_erased else "So."
    decision = Decision(outcome="granted", legal_basis="Act 1", reasons=reasons)
    return await change_case(window, who, case_id, found.version, decision, None)


async def closes(window: Window, who: Caller, case_id: UUID) -> Written:
    """Let an official close a case in its present state."""
    version = (await load_case(window.ledger, case_id)).version
    return await change_case(window, who, case_id, version, Closing())
