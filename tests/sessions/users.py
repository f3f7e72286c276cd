"""The users of sessions: one row for each kind, with the user's question and its error when nothing answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from functools import partial
from typing import Final, NamedTuple, TypeAlias, TypeVar

import psycopg

from ledger.audit.session import LedgerUnreadableError, ReadingSession
from ledger.channels.draws import DrawsOffice, DrawsUnavailableError
from ledger.channels.evidence import EvidenceMessages, EvidenceMessagesUnavailableError, EvidenceOutbox
from ledger.channels.outbox import Outbox, OutboxUnavailableError
from ledger.channels.reactions import ReactionPositions, ReactionsUnavailableError
from ledger.channels.webhooks import WebhookChannels, WebhookChannelsUnavailableError
from ledger.postgresql import kinds
from ledger.postgresql.kinds import SessionKind
from ledger.postgresql.session import Session, open_session
from ledger.public_log.session import LogSession, LogUnavailableError
from ledger.refusals import LedgerUnavailableError
from ledger.store.append import AppendCoordinator
from ledger.store.batch import Append
from ledger.store.reading import Reader
from ledger.store.wakeup import Follower, Signaller
from ledger.vault.line import VaultLine, VaultUnavailableError
from projections.reading import ViewReader
from projections.replica import Replica, ReplicaUnavailableError
from projections.runner import Projector
from tests.ledger.samples import new_event, new_stream

PATIENCE: Final = 0.3
"""The patience of all users here in seconds, so that a row ends soon."""
HEARD_WITHIN: Final = 1.5
"""Seconds after which a user whose wait raises no error reports that nothing was heard."""
NEVER: Final = 3600.0

Opened = TypeVar("Opened")
Ask: TypeAlias = Callable[[], Awaitable[object]]
"""Asks once; returns when answered, else raises the error."""


class Places(NamedTuple):
    """The databases, by role."""

    owner: str
    writer: str
    projector: str
    reader: str
    vault: str


Begun: TypeAlias = Callable[[str, Places], AbstractAsyncContextManager[Ask]]
"""Begins a user at an address; gets the other addresses as well."""


@asynccontextmanager
async def appending(url: str, _: Places) -> AsyncIterator[Ask]:
    coordinator = AppendCoordinator(url, on_append=lambda _: None, patience=PATIENCE)
    yield lambda: coordinator.append(
        Append([new_event(new_stream(), 1, "weather.measured")], None, uniqueness_only=False)
    )
    await coordinator.close()


@asynccontextmanager
async def reading(url: str, _: Places) -> AsyncIterator[Ask]:
    reader = Reader(url, patience=PATIENCE)
    yield reader.last
    await reader.close()


@asynccontextmanager
async def reading_views(url: str, _: Places) -> AsyncIterator[Ask]:
    reader = ViewReader(url, patience=PATIENCE)
    yield partial(reader.fetch, "SELECT position FROM case_status.tracking")
    await reader.close()


@asynccontextmanager
async def asking_the_vault(url: str, _: Places) -> AsyncIterator[Ask]:
    line = VaultLine(url, patience=PATIENCE)
    yield partial(line.run, "SELECT name FROM vault.secrets")
    await line.close()


@asynccontextmanager
async def waking(url: str, _: Places) -> AsyncIterator[Ask]:
    number = 0

    async def look() -> int:
        return number

    follower = Follower(url, "sessions", look, interval=NEVER, patience=PATIENCE)
    signaller = Signaller(url, "sessions", patience=PATIENCE)
    await follower.open()

    async def signal() -> None:
        nonlocal number
        number += 1
        signaller.signal(number)
        if await follower.wait_beyond(number - 1, HEARD_WITHIN) < number:
            raise LedgerUnavailableError

    yield signal
    await signaller.close()
    await follower.close()


@asynccontextmanager
async def projecting(url: str, places: Places) -> AsyncIterator[Ask]:
    async with Projector(url, answer_within=PATIENCE) as projector, projector.running():

        async def fold() -> None:
            beside = AppendCoordinator(places.writer, on_append=lambda _: None, patience=PATIENCE)
            try:
                event = new_event(new_stream(), 1, "weather.measured")
                appended = await beside.append(Append([event], None, uniqueness_only=False))
                async with asyncio.timeout(HEARD_WITHIN):
                    await projector.catch_up(appended.position)
            except TimeoutError:
                raise LedgerUnavailableError from None
            finally:
                await beside.close()

        yield fold


@asynccontextmanager
async def delivering(url: str, _: Places) -> AsyncIterator[Ask]:
    channels = WebhookChannels(url, answer_within=PATIENCE)

    async def elect() -> bool:
        try:
            return await channels.elect()
        except WebhookChannelsUnavailableError:
            await channels.close()
            await channels.open()  # as the webhooks' worker does
            return await channels.elect()

    await channels.open()
    yield elect
    await channels.close()


@asynccontextmanager
async def reacting(url: str, _: Places) -> AsyncIterator[Ask]:
    positions = ReactionPositions(url, answer_within=PATIENCE)
    yield positions.elect
    await positions.close()


@asynccontextmanager
async def asking_for_evidence(url: str, _: Places) -> AsyncIterator[Ask]:
    outbox = EvidenceOutbox(url, answer_within=PATIENCE)
    yield outbox.elect
    await outbox.close()


@asynccontextmanager
async def requesting_draws(url: str, _: Places) -> AsyncIterator[Ask]:
    office = DrawsOffice(url, answer_within=PATIENCE)
    yield office.elect
    await office.close()


@asynccontextmanager
async def reading_messages(url: str, _: Places) -> AsyncIterator[Ask]:
    async with EvidenceMessages(url, patience=PATIENCE) as messages:
        yield partial(messages.resources_due, 0)


class Again:
    """A thread's session that its user opens again when it is lost, as the long-running processes do."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Opened]], use: Callable[[Opened], object]) -> None:
        self._begin, self._use = begin, use
        self._open: AbstractContextManager[Opened] | None = None
        self._opened: Opened | None = None

    def ask(self) -> object:
        """Use the session; open it when there is none."""
        try:
            if self._open is None:
                opening = self._begin()
                self._opened = opening.__enter__()
                self._open = opening
            assert self._opened is not None
            return self._use(self._opened)
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Close the session."""
        gone, self._open = self._open, None
        if gone is not None:
            gone.__exit__(None, None, None)


def of_a_thread(begin: Callable[[str], AbstractContextManager[Opened]], use: Callable[[Opened], object]) -> Begun:
    @asynccontextmanager
    async def begun(url: str, _: Places) -> AsyncIterator[Ask]:
        each = Again(partial(begin, url), use)
        yield partial(asyncio.to_thread, each.ask)
        await asyncio.to_thread(each.end)

    return begun


def of_kind(kind: SessionKind) -> Begun:
    def begin(url: str) -> Session:
        return open_session(url, kind.within(PATIENCE))

    return of_a_thread(begin, lambda session: session.rows(b"SELECT true"))


class User(NamedTuple):
    """A row of the table: the kinds of a user's sessions, the address that they use, and the user's error.

    Attributes:
        kinds: the kinds of its sessions; a fault strikes all of them at once.
        role: the field of `Places` with the address.
        begun: begins the user.
        told: the error that it gets when nothing answers.
    """

    kinds: tuple[SessionKind, ...]
    role: str
    begun: Begun
    told: type[Exception]


USERS: Final = (
    User((kinds.APPEND,), "writer", appending, LedgerUnavailableError),
    User((kinds.READ,), "reader", reading, LedgerUnavailableError),
    User((kinds.VIEWS,), "reader", reading_views, LedgerUnavailableError),
    User((kinds.VAULT,), "vault", asking_the_vault, VaultUnavailableError),
    User((kinds.VAULT_VACUUM,), "vault", of_kind(kinds.VAULT_VACUUM), psycopg.OperationalError),
    User((kinds.SIGNAL, kinds.FOLLOW), "writer", waking, LedgerUnavailableError),
    User((kinds.PROJECTOR, kinds.PROJECTOR_LOOK), "projector", projecting, LedgerUnavailableError),
    User(
        (kinds.OUTBOX._replace(name="pencere outbox sessions"),),
        "projector",
        of_a_thread(lambda url: Outbox(url, "sessions", answer_within=PATIENCE), Outbox.standing),
        OutboxUnavailableError,
    ),
    User((kinds.WEBHOOKS,), "projector", delivering, WebhookChannelsUnavailableError),
    User((kinds.REACTIONS_HOST,), "projector", reacting, ReactionsUnavailableError),
    User((kinds.EVIDENCE_SENDER,), "projector", asking_for_evidence, EvidenceMessagesUnavailableError),
    User((kinds.DRAWS_HOST,), "projector", requesting_draws, DrawsUnavailableError),
    User((kinds.EVIDENCE_READER,), "reader", reading_messages, LedgerUnavailableError),
    User(
        (kinds.LOG,),
        "projector",
        of_a_thread(lambda url: LogSession(url, answer_within=PATIENCE), LogSession.tell),
        LogUnavailableError,
    ),
    User(
        (kinds.REPLICA,),
        "projector",
        of_a_thread(lambda url: Replica(url, answer_within=PATIENCE), lambda replica: replica.place(1)),
        ReplicaUnavailableError,
    ),
    User(
        (kinds.AUDIT,),
        "reader",
        of_a_thread(lambda url: ReadingSession(url, answer_within=PATIENCE), ReadingSession.extent),
        LedgerUnreadableError,
    ),
    User((kinds.BULK,), "owner", of_kind(kinds.BULK), psycopg.OperationalError),
    User((kinds.WHOLE,), "owner", of_kind(kinds.WHOLE), psycopg.OperationalError),
    User((kinds.MIGRATE,), "owner", of_kind(kinds.MIGRATE), psycopg.OperationalError),
)
"""The table: a new kind of session needs a row."""
