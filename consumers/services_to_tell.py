"""Finds the services whose agencies must be told of the register, and looks only when that may be news."""

from typing import Any
from uuid import UUID

from application.identity import register_stream
from application.window import Window
from domain.service.state import ServiceState
from projections.as_of import now
from projections.views import Views
from reactions.register_met import RegisterNow

_AT_ONCE = 500
_CAUGHT_UP_WITHIN = 30.0  # seconds; a view that is further behind is looked at as it is


class ServicesToTell:
    """Finds them page by page, for one host.

    Nothing is news unless the register has changed or a version was published. Once a look has found nothing, the next
    one asks for no more than that.
    """

    def __init__(self, window: Window, views: Views) -> None:
        self._window, self._views = window, views
        self._nothing_since: tuple[int, int] | None = None
        self._looks_at: tuple[int, int] | None = None

    async def pages(self, after: str | None) -> tuple[list[UUID], Any]:
        """Return the next services to be told, and the cursor after them."""
        if after is None and not await self._begins():
            return [], None
        then = now(self._window.clock())
        found, last = await self._views.untold.page(then, after=after or "", limit=_AT_ONCE)
        if found:
            self._looks_at = None  # whoever was told, or could not be told, is looked at once more
        if last is None and self._looks_at is not None:
            self._nothing_since = self._looks_at
        return found, last

    async def pinned(self, service: ServiceState) -> RegisterNow:
        """Return the register as it is, and the time zone of the service's agency."""
        register = await self._window.catalogue.register()
        zone = await self._window.catalogue.time_zone(service.agency)
        return RegisterNow(register.state, register_stream(), register.version, zone)

    async def _begins(self) -> bool:
        """Return whether there may be news; if so, the views have seen it."""
        version = (await self._window.catalogue.register()).version
        if version == 0:
            return False
        before, position = self._nothing_since or (0, 0)
        if version == before and not await self._views.untold.published_after(position):
            return False
        head = await self._window.ledger.head()
        needed = {"catalogue", "resource_register"}
        have_seen = await self._views.positions.wait_for_views(needed, head, _CAUGHT_UP_WITHIN)
        self._looks_at = (version, head) if have_seen else None
        return True
