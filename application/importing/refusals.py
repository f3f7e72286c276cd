"""Why a log is not imported, though it can be read."""

from collections.abc import Sequence

from application.xes import BadTrace
from domain.refusals import InvalidInput, Refusal


class NothingToImport(Refusal):
    """There is nothing to import: the log has no trace with an event."""

    def __init__(self, left_out: Sequence[BadTrace] = ()) -> None:
        super().__init__()
        self.left_out = left_out


class ServiceTooLarge(Refusal):
    """The log shows a service that is too large for one event: too many different pairs of steps, with long names."""


class NotASlug(InvalidInput):
    """Agency and service are named in small letters and digits, with single hyphens between them."""


class NotARegularFile(InvalidInput):
    """The log is read twice, so it has to be a regular file and no pipe."""


class CatalogueChanged(Refusal):
    """Somebody else changed the agency or the service at the same moment. Run the import again."""


class LogChanged(Refusal):
    """The log was changed while it was read. What was imported before that stays; run the import again."""
