"""The errors of a resource, each with its code in the European once-only system (EDM) and with what it leads to."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.evidence.progress import Happening


class ErrorCode(StrEnum):
    """Why a resource does not answer with evidence."""

    AUTHENTICATION_FAILED = "AuthenticationFailed"
    NOT_AUTHORISED = "NotAuthorised"
    PREVIEW_REQUIRED = "PreviewRequired"
    PREVIEW_REJECTED = "PreviewRejected"
    INVALID_REQUEST = "InvalidRequest"
    NOT_FOUND = "NotFound"
    TIMED_OUT = "TimedOut"
    REQUEST_EXPIRED = "RequestExpired"
    UNRESOLVED_REFERENCE = "UnresolvedReference"
    AMBIGUOUS_SUBJECT = "AmbiguousSubject"
    UNSUPPORTED_CAPABILITY = "UnsupportedCapability"
    QUERY_FAILED = "QueryFailed"


class Meaning(NamedTuple):
    """The European code of an error, and what it does to a request."""

    edm: str
    leads_to: Happening


MEANINGS: Final[Mapping[ErrorCode, Meaning]] = MappingProxyType(
    {
        ErrorCode.AUTHENTICATION_FAILED: Meaning("EDM:ERR:0001", Happening.REFUSED),
        ErrorCode.NOT_AUTHORISED: Meaning("EDM:ERR:0002", Happening.REFUSED),
        ErrorCode.PREVIEW_REQUIRED: Meaning("EDM:ERR:0002", Happening.PREVIEW_ASKED),
        # The person's own decision: there is nothing that the requester may have.
        ErrorCode.PREVIEW_REJECTED: Meaning("EDM:ERR:0002", Happening.PREVIEW_REJECTED),
        ErrorCode.INVALID_REQUEST: Meaning("EDM:ERR:0003", Happening.REFUSED),
        ErrorCode.NOT_FOUND: Meaning("EDM:ERR:0004", Happening.NOT_FOUND),
        ErrorCode.TIMED_OUT: Meaning("EDM:ERR:0005", Happening.TIMED_OUT),
        ErrorCode.REQUEST_EXPIRED: Meaning("EDM:ERR:0005", Happening.TIMED_OUT),
        ErrorCode.UNRESOLVED_REFERENCE: Meaning("EDM:ERR:0006", Happening.REFUSED),
        # Several people fit: the resource holds no evidence about one of them that it could be sure of.
        ErrorCode.AMBIGUOUS_SUBJECT: Meaning("EDM:ERR:0004", Happening.NOT_FOUND),
        ErrorCode.UNSUPPORTED_CAPABILITY: Meaning("EDM:ERR:0007", Happening.REFUSED),
        ErrorCode.QUERY_FAILED: Meaning("EDM:ERR:0008", Happening.FAILED),
    }
)
"""The only table of errors: our code, the European one, and what a request comes to by it."""
