"""Sends requests to resources over HTTP, each over connections of its own: one that hangs holds no other up."""

from typing import Final

from application.evidence.sealing import LARGEST_SEALED
from application.evidence.signing import MEDIA_TYPE
from consumers.webhooks.resolving import Resolver, system_resolver
from consumers.webhooks.schedule import Answer
from consumers.webhooks.sending import Sender
from consumers.webhooks.settings import WebhookSettings

_HEADERS: Final = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}


class HttpPost:
    """Sends until it is closed.

    Args:
        settings: allowed addresses, time limits, how many at a time to each resource.
        resolve: returns the addresses of a host.
    """

    def __init__(self, settings: WebhookSettings, resolve: Resolver = system_resolver) -> None:
        self._settings, self._resolve = settings, resolve
        self._senders: dict[str, Sender] = {}

    async def close(self) -> None:
        """Close all connections."""
        for sender in self._senders.values():
            await sender.close()

    async def post(self, resource: str, endpoint: str, raw: bytes) -> Answer:
        """Send a message, and return what the resource answers at once.

        Raises:
            NotDeliveredError: no answer came in time, or the address is refused.
        """
        sender = self._senders.get(resource)
        if sender is None:
            sender = self._senders[resource] = Sender(self._settings, self._resolve, keeps=LARGEST_SEALED)
        return await sender.post(endpoint, _HEADERS, raw)
