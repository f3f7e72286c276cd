"""Answers errors as problem+json (RFC 9457), by one table for all refusals.

A problem names the rule that refused, never a value: it contains no answer, name, token or query.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import orjson
from fastapi import Response

from api.preconditions import etag
from api.refusals import (
    BadRequestError,
    BodyNotInTimeError,
    BodyTooLargeError,
    Invalid,
    KeysUnavailableError,
    NotAcceptableError,
    NothingSignedError,
    NothingThereError,
    PreconditionRequiredError,
    TileNotThereError,
    TokenRefusedError,
    UnsupportedMediaTypeError,
    ViewBehindError,
)
from application.access.authorisation import (
    NotAllowedError,
    NotApprovingBodyError,
    NotAuthenticatedError,
    NotYourDeskError,
)
from application.cases.casework import CaseNotFoundError, StaleVersionError
from application.cases.proving import LogHasStoppedError, NoSuchVersionError, NotCoveredYetError
from application.catalogue.changes import CatalogueMovedError
from application.life_events.reading import LifeEventNotFoundError
from application.mandates.organisations import OrganisationNotProved
from application.mandates.streams import MandateNotFoundError
from application.openings.streams import OpeningNotFoundError
from application.storing import KeysMissingError
from application.subscriptions.changes import SubscriptionMovedOnError
from application.subscriptions.reading import SubscriptionNotFoundError
from domain.agency.refusals import AgencyUnknown, DeskUnknown
from domain.calendar.refusals import CalendarUnknown
from domain.opening.refusals import AuditorIsParty, IdentitiesNotOpened, NotTheFirstAuditor
from domain.refusals import Refusal
from domain.register.refusals import (
    ElementNotDefined,
    GrantNotAsked,
    NotAnApprovingBody,
    NotTheCoordinator,
    NotTheGrantee,
    NotTheGranteeOrOwner,
    NotTheOwner,
    ResourceUnknown,
)
from domain.service.refusals import ServiceUnknown
from ledger.public_log.stops import DamagedTilesError
from ledger.refusals import (
    KeyReusedError,
    LedgerBusyError,
    LedgerClosedError,
    LedgerUnavailableError,
    UnstorableEventError,
    VersionConflictError,
)
from ledger.vault.key_encryption import KeyEncryptionError
from ledger.vault.vault import VaultUnavailableError
from projections.as_of import AsOfUnreadableError
from projections.positions import ViewStoppedError

MEDIA_TYPE = "application/problem+json"
_MENDED_BY_HAND_RETRY = 60  # seconds: a person has to act first
_AWAY_RETRY = 2  # seconds after which it is worth trying a database again


_log = logging.getLogger(__name__)


class Problem(NamedTuple):
    """What the answer says. `rule` is stable and ends the problem's type; `views` are those that have stopped."""

    status: int
    rule: str
    detail: str
    field: str | None = None
    errors: Sequence[Invalid] = ()
    views: Sequence[str] = ()
    headers: Mapping[str, str] = MappingProxyType({})

    def response(self) -> Response:
        """Return the HTTP answer."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.rule}",
            "title": self.rule.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "rule": self.rule,
        }
        if self.field is not None:
            document["field"] = self.field
        if self.errors:
            document["errors"] = [error._asdict() for error in self.errors]
        if self.views:
            document["views"] = list(self.views)
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(orjson.dumps(document), self.status, headers, MEDIA_TYPE)


Translate: TypeAlias = Callable[[Any], Problem]


def _retry_after(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, round(seconds)))}


def _of_refusal(refusal: Refusal) -> Problem:
    status = HTTPStatus.BAD_REQUEST if refusal.about_input else HTTPStatus.CONFLICT
    errors = [Invalid(breach.field, breach.rule or refusal.rule, breach.detail) for breach in refusal.breaches]
    return Problem(status, refusal.rule, refusal.detail, refusal.field, errors)


def _not_theirs(refusal: Refusal) -> Problem:
    return Problem(403, refusal.rule, refusal.detail, refusal.field)


def _not_there(refusal: Refusal) -> Problem:
    """Return 404 where the address names nothing, and 400 where a member of the body does."""
    status = HTTPStatus.NOT_FOUND if refusal.field is None else HTTPStatus.BAD_REQUEST
    return _of_refusal(refusal)._replace(status=status)


def _of_token(refused: TokenRefusedError) -> Problem:
    challenge = 'Bearer realm="pencere", error="invalid_token"'
    return Problem(401, refused.rule, str(refused), headers={"WWW-Authenticate": challenge})


def _of_forms(refused: NotAcceptableError) -> Problem:
    problem = problem_of_status(406)
    if not refused.forms:
        return problem
    return problem._replace(detail=f"This address answers as {', '.join(refused.forms)}.", headers={"Vary": "Accept"})


def _of_stale(stale: StaleVersionError) -> Problem:
    detail = "Somebody changed the case since you saw it; the ETag here is its present one."
    return Problem(412, "case-has-moved-on", detail, headers={"ETag": etag(stale.actual)})


def _of_moved_subscription(moved: SubscriptionMovedOnError) -> Problem:
    detail = "Somebody changed the subscription since you saw it; the ETag here is its present one."
    return Problem(412, "subscription-has-moved-on", detail, headers={"ETag": etag(moved.actual)})


def _of_missing_keys(missing: KeysMissingError) -> Problem:
    _log.critical("%s: bring back the vault that belongs to this ledger", missing)
    detail = "The vault lacks the key under which words for this case are sealed; the operator must bring it back."
    return Problem(503, "keys-missing", detail, headers=_retry_after(_MENDED_BY_HAND_RETRY))


def _of_tile(error: TileNotThereError) -> Problem:
    if error.is_a_place:
        return Problem(
            404, "tile-not-there-yet", "The log's last checkpoint does not cover a tile of that width there."
        )
    return Problem(404, "no-such-tile", "A tile is at L/N or L/N.p/W, a bundle at entries/N: see c2sp.org/tlog-tiles.")


def _away(_: Exception) -> Problem:
    detail = "A database does not answer. Repeat with the same Idempotency-Key: nothing is done twice."
    return Problem(503, "database-away", detail, headers=_retry_after(_AWAY_RETRY))


PROBLEMS: Mapping[type[Exception], Translate] = {
    Refusal: _of_refusal,
    AgencyUnknown: _not_there,
    DeskUnknown: _not_there,
    ElementNotDefined: _not_there,
    GrantNotAsked: _not_there,
    CalendarUnknown: _not_there,
    ResourceUnknown: _not_there,
    ServiceUnknown: _not_there,
    AuditorIsParty: _not_theirs,
    IdentitiesNotOpened: _not_theirs,
    NotTheFirstAuditor: _not_theirs,
    NotAnApprovingBody: _not_theirs,
    NotTheCoordinator: _not_theirs,
    NotTheGrantee: _not_theirs,
    NotTheGranteeOrOwner: _not_theirs,
    NotTheOwner: _not_theirs,
    OrganisationNotProved: _not_theirs,
    BadRequestError: lambda error: Problem(400, error.rule, str(error), error.field, error.errors),
    AsOfUnreadableError: lambda error: Problem(400, "as-of-is-a-position-or-a-date", str(error), "asOf"),
    # Closed, because the rest of the body may still come, as slowly as before.
    BodyNotInTimeError: lambda error: Problem(408, "body-not-in-time", str(error), headers={"Connection": "close"}),
    BodyTooLargeError: lambda _: Problem(413, "body-too-large", "A body may have 1 MiB at most."),
    NotAcceptableError: _of_forms,
    UnsupportedMediaTypeError: lambda _: Problem(415, "body-is-json", "The body must be application/json."),
    TokenRefusedError: _of_token,
    NotAuthenticatedError: lambda _: Problem(
        401, "token-needed", "This needs a bearer token.", headers={"WWW-Authenticate": 'Bearer realm="pencere"'}
    ),
    NotAllowedError: lambda error: Problem(403, "role-may-not", f"{str(error)[0].upper()}{str(error)[1:]}."),
    NotApprovingBodyError: lambda _: Problem(
        403, "not-an-approving-body", "This is for the coordinator and the approving bodies of the register."
    ),
    NotYourDeskError: lambda _: Problem(403, "not-your-desk", "You do not sit at this desk."),
    NoSuchVersionError: lambda _: Problem(404, "no-such-version", "The case has no event of that version."),
    NotCoveredYetError: lambda _: Problem(
        404, "receipt-not-there-yet", "No checkpoint of the public log covers it yet.", headers=_retry_after(1)
    ),
    LogHasStoppedError: lambda _: Problem(
        503,
        "log-stopped",
        "The public log has stopped, and proves nothing newer until an operator has seen to it.",
        headers=_retry_after(_MENDED_BY_HAND_RETRY),
    ),
    CaseNotFoundError: lambda _: Problem(404, "no-such-case", "There is no such case, or it is not yours to see."),
    LifeEventNotFoundError: lambda _: Problem(
        404, "no-such-life-event", "There is no such life event, or it is not yours to see."
    ),
    MandateNotFoundError: lambda _: Problem(
        404, "no-such-mandate", "There is no such mandate, or it is not yours to see or to act by."
    ),
    OpeningNotFoundError: lambda _: Problem(404, "no-such-opening", "The case has no opening of that number."),
    SubscriptionNotFoundError: lambda _: Problem(
        404, "no-such-subscription", "There is no such subscription, or it is not yours to see."
    ),
    NothingThereError: lambda _: Problem(404, "nothing-of-that-name", "There is nothing of that name."),
    NothingSignedError: lambda _: Problem(404, "nothing-signed-yet", "The public log has no checkpoint yet."),
    TileNotThereError: _of_tile,
    DamagedTilesError: lambda _: Problem(
        503, "log-damaged", "Tiles of the public log are damaged and must be rebuilt.", headers=_retry_after(60)
    ),
    StaleVersionError: _of_stale,
    SubscriptionMovedOnError: _of_moved_subscription,
    CatalogueMovedError: lambda _: Problem(
        409, "catalogue-has-moved-on", "Somebody else has just changed this; read again and repeat."
    ),
    VersionConflictError: lambda _: Problem(
        409, "written-at-once", "Somebody else wrote at the same moment; read again and repeat."
    ),
    # Its own text is for the log: it may have come from the database.
    UnstorableEventError: lambda _: Problem(
        400, "cannot-be-stored", "The ledger cannot hold what this would record; it is too large, or has a wrong form."
    ),
    PreconditionRequiredError: lambda error: Problem(428, "if-match-needed", str(error)),
    KeyReusedError: lambda _: Problem(
        422, "idempotency-key-reused", "This Idempotency-Key came with another body before.", "Idempotency-Key"
    ),
    KeysMissingError: _of_missing_keys,
    LedgerBusyError: lambda error: Problem(
        503, "ledger-busy", "Too much is waiting already.", headers=_retry_after(error.retry_after)
    ),
    LedgerClosedError: lambda _: Problem(503, "ledger-closing", "This process is ending.", headers=_retry_after(1)),
    LedgerUnavailableError: _away,
    VaultUnavailableError: _away,
    KeyEncryptionError: lambda _: Problem(
        503, "keys-away", "The personal data cannot be opened now.", headers=_retry_after(_AWAY_RETRY)
    ),
    KeysUnavailableError: lambda _: Problem(
        503, "issuer-away", "Tokens cannot be checked now.", headers=_retry_after(_AWAY_RETRY)
    ),
    ViewBehindError: lambda _: Problem(
        503, "view-behind", "The view has not reached the position of your token yet.", headers=_retry_after(1)
    ),
    ViewStoppedError: lambda error: view_stopped([error.view]),
}


def view_stopped(views: Sequence[str]) -> Problem:
    """Return the problem for views that have stopped until an operator acts."""
    detail = f"Has stopped, and shows nothing newer until an operator has seen to it: {', '.join(views)}."
    return Problem(503, "view-stopped", detail, views=views, headers=_retry_after(_MENDED_BY_HAND_RETRY))


def problem_of(error: Exception) -> Problem | None:
    """Return the table's problem for the error or for its nearest parent class; None when there is none."""
    for kind in type(error).__mro__:
        translate = PROBLEMS.get(kind)
        if translate is not None:
            return translate(error)
    return None


def problem_of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the problem for a status that the framework itself answers."""
    rule, detail = _OF_THE_FRAMEWORK.get(status, (HTTPStatus(status).phrase.lower().replace(" ", "-"), "Refused."))
    return Problem(status, rule, detail, headers=headers or {})


_OF_THE_FRAMEWORK: Mapping[int, tuple[str, str]] = {
    404: ("no-such-address", "There is nothing at this address."),
    405: ("no-such-method", "This address does not take that method."),
    406: ("not-acceptable", "This address cannot answer in a form that you accept."),
}
