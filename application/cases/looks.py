"""Every look is seen: an official's or auditor's read of a case becomes an event beside it.

A look enters a queue before the case is shown. It is recorded later, so that the answer need not wait, and once for
each reader, case and hour. When the queue is full because the databases are away, no case is shown. A process that is
killed loses the looks still in its queue: those of a few milliseconds, as long as the databases answer.

A look of an auditor who has opened the identities in the case, with another one and under a seal, is recorded in that
opening instead: the applicant is told of it when the seal expires.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self
from uuid import UUID

from application.access.callers import Caller, Role
from application.clock import Clock
from application.identity import looks_stream
from application.openings.sealed_looks import record_under_seal
from application.storing import envelope_of, new_events
from domain.envelope import Actor, ActorRole
from domain.look.events import LookRecorded
from ledger.postgresql.task_ending import end
from ledger.refusals import LedgerBusyError, LedgerUnavailableError, VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import KeyEncryptionError
from ledger.vault.vault import IDEMPOTENCY, Vault, VaultUnavailableError

_MOST_WAITING = 10_000
_AT_ONCE = 64
_REMEMBERED = 50_000
_PAUSE = 1.0
_LAST_MINUTE = 10.0  # seconds that a process has at its end to record the queue
_ROLES: dict[Role, ActorRole] = {Role.OFFICIAL: "official", Role.AGENCY: "agency", Role.AUDITOR: "auditor"}
_AWAY = (LedgerUnavailableError, LedgerBusyError, VaultUnavailableError, KeyEncryptionError)
_log = logging.getLogger(__name__)


class Look(NamedTuple):
    """Who looked at which case, and when; the agency is the case's."""

    caller: Caller
    case_id: UUID
    agency: str
    at: datetime

    @property
    def hour(self) -> datetime:
        """The beginning of the hour of the look."""
        return self.at.replace(minute=0, second=0, microsecond=0)


class Looks:
    """Records looks; use it as an async context manager."""

    def __init__(self, ledger: Ledger, vault: Vault, clock: Clock, *, most_waiting: int = _MOST_WAITING) -> None:
        self._ledger, self._vault, self._clock = ledger, vault, clock
        self._waiting: asyncio.Queue[Look] = asyncio.Queue(most_waiting)
        self._taken_in: OrderedDict[tuple[str, str, UUID, datetime], None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._work())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_MINUTE):
                await self._waiting.join()
        await end(self._task)

    def take_in(self, caller: Caller, case_id: UUID, agency: str) -> None:
        """Queue the look to be recorded; several in the same hour by the same reader are one look.

        Raises:
            LedgerBusyError: the queue is full, so the case must not be shown.
        """
        look = Look(caller, case_id, agency, self._clock())
        name = (caller.issuer, caller.subject, case_id, look.hour)
        if name in self._taken_in:
            return
        try:
            self._waiting.put_nowait(look)
        except asyncio.QueueFull:
            raise LedgerBusyError(retry_after=1) from None
        self._taken_in[name] = None
        if len(self._taken_in) > _REMEMBERED:
            self._taken_in.popitem(last=False)  # if it comes again, its idempotency key shows the repeat

    @property
    def waiting(self) -> int:
        """How many looks are in the queue."""
        return self._waiting.qsize()

    async def recorded(self) -> None:
        """Wait until every look in the queue is recorded."""
        await self._waiting.join()

    async def _work(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < _AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await asyncio.gather(*(self._record(look) for look in batch))
            for _ in batch:
                self._waiting.task_done()

    async def _record(self, look: Look) -> None:
        while True:
            try:
                await self._append(look)
            except VersionConflictError:
                continue  # another look at the case came first
            except _AWAY:
                await asyncio.sleep(_PAUSE)  # back-off while a database is away; the queue fills meanwhile
                continue
            except Exception as error:  # noqa: BLE001 - one look that cannot be recorded must not stop the others
                _log.critical("a look could not be recorded: %s", type(error).__name__)
            return

    async def _append(self, look: Look) -> None:
        caller, stream, key = look.caller, looks_stream(look.case_id), self._key(look)
        if caller.role is Role.AUDITOR and await record_under_seal(
            self._ledger, self._vault, caller, look.case_id, look.at, key
        ):
            return
        entries = await self._ledger.read_stream(stream)
        version = entries[-1].version if entries else 0
        agencies = () if caller.role is Role.AUDITOR else (look.agency,)  # agencies do not learn what auditors look at
        envelope = envelope_of(await self._actor(look), agencies, look.at, look.case_id)
        events = new_events(stream, version, [LookRecorded(case_id=look.case_id, hour=look.hour)], envelope, None)
        await self._ledger.append(events, key=key)

    async def _actor(self, look: Look) -> Actor:
        """Return the reader under a pseudonym of this case: the one they work under, if they have one."""
        caller = look.caller
        if caller.role is Role.AGENCY:
            return Actor(role="agency", pseudonym=look.agency)
        own = await self._vault.find(caller.issuer, caller.subject, look.case_id, "official")
        if own is None:
            own = await self._vault.make_key(caller.issuer, caller.subject, look.case_id, "reader")
        return Actor(role=_ROLES[caller.role], pseudonym=str(own.key_ref))

    def _key(self, look: Look) -> IdempotencyKey:
        """Return the key of this reader, case and hour: it is the same in every process."""
        who = (look.caller.issuer.encode(), look.caller.subject.encode())
        what = (look.case_id.bytes, look.hour.isoformat().encode())
        derived = self._vault.derive(IDEMPOTENCY, b"look", *who, *what)
        return IdempotencyKey(derived[:16], derived[16:])
