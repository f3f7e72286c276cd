"""Writes the service that a log shows into the catalogue. Everything is decided before anything is written."""

from pydantic import TypeAdapter, ValidationError

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.catalogue.changes import CatalogueMovedError, acting, change_catalogue
from application.catalogue.commands import Asking
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.catalogue.service_commands import registration_of
from application.deciding import folded
from application.importing.refusals import CatalogueChanged, NotASlug, NothingToImport, ServiceTooLarge
from application.importing.survey import Survey, definition_of
from application.importing.weighing import HEAVIEST, weight_of_service
from application.subscriptions.egress import Egress
from application.window import Window
from domain.agency.state import AgencyState
from domain.case.deadlines import local_date
from domain.service.commands import DraftService, PublishService
from domain.service.definition import PublishedService, ServiceDefinition
from domain.service.refusals import ServiceOfAnotherAgency
from domain.service.state import ServiceState
from domain.stream_kinds import AGENCY, SERVICE
from domain.values import Slug

IMPORT_DESK = "import"
_slug: TypeAdapter[str] = TypeAdapter(Slug)


def check_slug(name: str, field: str) -> None:
    """Check that this can be the name of an agency or a service.

    Raises:
        NotASlug: it cannot be one.
    """
    try:
        _slug.validate_python(name)
    except ValidationError as error:
        raise NotASlug(field=field) from error


async def learned_service(
    window: Window, caller: Caller, found: Survey, entry: AgencyEntry, service: str, source: str
) -> PublishedService:
    """Return a published version of the service that allows all that the log shows.

    Whatever is missing is written: first the agency, then the version. After a crash in between, the next run goes on
    from there.

    Args:
        window: the window.
        caller: a coordinator.
        found: the service that the log shows.
        entry: the agency's description, used if the agency is not registered yet.
        service: the service's name.
        source: the name of the log, for people.

    Raises:
        NotAllowedError, LedgerUnavailableError.
        Refusal: the catalogue does not allow it, or one event cannot hold it; nothing is written then.
        CatalogueChanged: somebody else writes the same agency or service.
    """
    authorise(caller, Action.WRITE_CATALOGUE)
    agency = (await window.catalogue.agency(entry.slug)).state
    state = (await window.catalogue.service(service)).state
    if state is not None and state.agency != entry.slug:
        raise ServiceOfAnotherAgency(field="agency")
    known = state.published if state and state.published_version else None
    desk = agency.desks[0] if agency else IMPORT_DESK
    wanted = definition_of(found, entry.slug, desk, service, source, known.definition if known else None)
    if not wanted.steps:
        raise NothingToImport(found.left_out)
    if known is not None and wanted == known.definition:
        return known
    at = window.clock()
    actor = await acting(window.catalogue, caller, at)
    await _check_allowed(Asking(at, actor, window.catalogue, None, Egress()), entry, agency, state, wanted)
    try:
        if agency is None:
            await change_catalogue(window, caller, entry)
        drafted = await change_catalogue(window, caller, ServiceDraft(definition=wanted))
        await change_catalogue(window, caller, ServicePublication(version=drafted.service_version or 1), service)
    except CatalogueMovedError as moved:
        raise CatalogueChanged from moved
    state = (await window.catalogue.service(service)).state
    if state is None:
        raise LookupError(service)
    return state.published


async def _check_allowed(
    asking: Asking,
    entry: AgencyEntry,
    agency: AgencyState | None,
    state: ServiceState | None,
    wanted: ServiceDefinition,
) -> None:
    """Decide and weigh everything that would be written, without writing it; raises the refusal if there is one."""
    at, actor = asking.at, asking.actor
    if weight_of_service(wanted) > HEAVIEST:
        raise ServiceTooLarge
    if agency is None:
        registration = registration_of(entry, at, actor)
        agency = folded(AGENCY, None, AGENCY.decide(registration, None))
    draft = DraftService(at=at, actor=actor, definition=wanted, agency=agency)
    state = folded(SERVICE, state, SERVICE.decide(draft, state))
    register = await asking.catalogue.register()
    publish = PublishService(
        at=at,
        actor=actor,
        version=max(state.versions),
        local_date=local_date(at, agency.time_zone),
        register=register.state,
        register_version=register.seen,
    )
    SERVICE.decide(publish, state)
