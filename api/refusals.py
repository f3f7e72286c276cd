"""What the API itself refuses, before it calls a use case."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from application.access.authorisation import NotAuthenticatedError
from application.access.callers import Caller


class Invalid(NamedTuple):
    """A member of a request that does not follow its rule."""

    field: str
    rule: str
    detail: str


class BadRequestError(Exception):
    """The request cannot be understood, or a member of it does not follow its rule."""

    def __init__(self, rule: str, detail: str, field: str | None = None, errors: Sequence[Invalid] = ()) -> None:
        super().__init__(detail)
        self.rule, self.field, self.errors = rule, field, errors


class BodyTooLargeError(Exception):
    """The body is larger than the API accepts."""


class BodyNotInTimeError(Exception):
    """The body has not come whole within the limit; the connection is of no more use."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"A body must have come whole within {seconds:g} seconds.")


class UnsupportedMediaTypeError(Exception):
    """The body is not application/json."""


class NothingThereError(Exception):
    """There is no such service, agency or page."""


class NothingSignedError(Exception):
    """There is no checkpoint of the public log yet."""


class TileNotThereError(Exception):
    """There is no such tile, or no checkpoint covers it yet."""

    def __init__(self, *, is_a_place: bool) -> None:
        super().__init__()
        self.is_a_place = is_a_place


class PreconditionRequiredError(Exception):
    """A change needs If-Match with the version that its author has seen."""


class ViewBehindError(Exception):
    """The view did not reach the requested position in time."""


class KeysUnavailableError(Exception):
    """The issuer's keys are not available, so no token can be checked."""


class TokenRefusedError(NotAuthenticatedError):
    """The window does not accept the token; the text shows nothing of it."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule


class NotAcceptableError(Exception):
    """The caller accepts none of the forms in which the address can answer; `forms` names them where several are."""

    def __init__(self, forms: Sequence[str] = ()) -> None:
        super().__init__()
        self.forms = forms


def check_expiry(expires_at: float, now: float) -> None:
    """Check that a token has not expired; both times are in seconds since 1970.

    Raises:
        TokenRefusedError: it has expired.
    """
    if expires_at <= now:
        raise TokenRefusedError("token-expired", "The token has expired.")


def check_not_expired(caller: Caller, now: datetime) -> None:
    """Check that the token of a request under way has not expired.

    Raises:
        TokenRefusedError: it has expired since.
    """
    if caller.expires_at is not None:
        check_expiry(caller.expires_at, now.timestamp())
