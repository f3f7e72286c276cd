"""The refusals of requests for a life event; those of its parts are the refusals of their services."""

from domain.refusals import InvalidInput, Refusal


class PartMissing(InvalidInput):
    """The life event opens a service that the request has no part for."""


class PartUnknown(InvalidInput):
    """The request has a part for a service that the life event does not open."""


class ServiceIsNoLifeEvent(Refusal):
    """The service opens no others: it is asked for by itself."""
