"""A whole window on a free port, in a separate thread, with real PostgreSQL, real HTTP and running projectors."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self, TypeVar
from uuid import UUID

import httpx2
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from api.app import create_app
from api.development_issuer import ISSUER, issue_token
from api.metrics import Metrics
from api.server import bind, make_server
from api.services import BODY_WITHIN, ApiServices, Replies, token_verifier
from application.access.callers import Caller, Role
from application.cases.case_streams import LoadedCase, load_case
from application.clock import Clock, system_clock
from application.draws.holding import Held
from application.evidence.exchange import Exchange
from application.evidence.keys import EvidenceKeys
from application.identity import new_id
from application.settings import Settings
from application.subscriptions.egress import Egress
from application.window import window_on
from consumers.keeper.folder import own_key_in
from ledger.channels.evidence import EvidenceMessages
from ledger.embedded.postgres import ADMIN, LEDGER_DATABASE, VAULT_DATABASE, EmbeddedPostgres
from ledger.public_log.public_log import PublicLog
from ledger.store.entries import NewEvent
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.person_key import Role as PartyRole
from ledger.vault.vault import Vault
from projections.folds import ALL_VIEWS
from projections.migrate import migrate_views
from projections.runner import Projector
from projections.view import View
from projections.views import Views
from tests.api.people import Person
from tests.draws.steered import drawn_for

T = TypeVar("T")
_PATIENCE = 60  # seconds; of a machine on which everything else runs too


class Where(NamedTuple):
    """The databases, by role."""

    writer: str
    projector: str
    reader: str
    vault: str

    def at(self, *, ledger: str, vault: str) -> "Where":
        """Return the same databases behind other hosts, or folders of sockets."""
        writer, projector, reader = (make_conninfo(url, host=ledger) for url in self[:3])
        return Where(writer, projector, reader, make_conninfo(self.vault, host=vault))

    def in_ledger(self, database: str) -> "Where":
        """Return the same databases, with another one for the ledger."""
        writer, projector, reader = (make_conninfo(url, dbname=database) for url in self[:3])
        return Where(writer, projector, reader, self.vault)


def _create(url: Callable[[str, str], str], database: str, template: str) -> None:
    with psycopg.connect(url(ADMIN, "postgres"), autocommit=True) as admin:
        create = sql.SQL("CREATE DATABASE {} OWNER pencere_owner TEMPLATE {}")
        admin.execute(create.format(sql.Identifier(database), sql.Identifier(template)))


def _with_all_views(postgres: EmbeddedPostgres) -> str:
    """Return the template of a ledger with all views; the first who asks makes it."""
    name = f"{LEDGER_DATABASE}_with_views"
    with psycopg.connect(postgres.ledger_url(ADMIN, "postgres")) as admin:
        is_there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not is_there:
        unfinished = f"{name}_{secrets.token_hex(4)}"
        _create(postgres.ledger_url, unfinished, LEDGER_DATABASE)
        migrate_views(postgres.ledger_url("pencere_owner", unfinished))
        with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


@contextmanager
def fresh_databases(postgres: EmbeddedPostgres, name: str, views: Sequence[View] = ALL_VIEWS) -> Iterator[Where]:
    """A fresh ledger with its views, and a fresh vault."""
    ledger = _with_all_views(postgres) if views is ALL_VIEWS else LEDGER_DATABASE
    places = ((postgres.ledger_url, ledger), (postgres.vault_url, VAULT_DATABASE))
    made = [f"{LEDGER_DATABASE}_{name}", f"{VAULT_DATABASE}_{name}"]
    for (url, template), database in zip(places, made, strict=True):
        _create(url, database, template)
    if views is not ALL_VIEWS:
        migrate_views(postgres.ledger_url("pencere_owner", made[0]), views)
    yield Where(
        writer=postgres.ledger_url("pencere_writer", made[0]),
        projector=postgres.ledger_url("pencere_projector", made[0]),
        reader=postgres.ledger_url("pencere_reader", made[0]),
        vault=postgres.vault_url("pencere_vault", made[1]),
    )
    for (url, _), database in zip(places, made, strict=True):
        with psycopg.connect(url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


class RunningWindow:
    """A window that serves until its context ends.

    Args:
        where: the databases.
        data: the folder of its keys.
        projecting: whether it folds views.
        folds: the views that it folds.
        patience: seconds to wait for a database that does not answer; for the vault's at most 10.
        most_waiting: the most appends that may wait.
        body_within: seconds within which the whole body of a request must have come.
        egress: where it may send.
        clock: the window's clock; tokens are valid by the system's.
        tokens_last: how long they are valid; a clock that runs ahead needs longer than a working day.
    """

    def __init__(  # noqa: PLR0913 - what a test may choose
        self,
        where: Where,
        data: Path,
        *,
        projecting: bool = True,
        folds: Sequence[View] = ALL_VIEWS,
        patience: float = 30,
        most_waiting: int = 4096,
        body_within: float = BODY_WITHIN,
        egress: Egress = Egress(),  # noqa: B008 - it cannot be changed
        clock: Clock = system_clock,
        tokens_last: timedelta = timedelta(hours=12),
    ) -> None:
        self.where, self.projecting, self.folds = where, projecting, folds
        self._patience, self._most_waiting, self._body_within = patience, most_waiting, body_within
        self._egress, self._clock, self._tokens_last = egress, clock, tokens_last
        self.settings = Settings(
            data, None, None, production=False, oidc_issuer=None, oidc_jwks=None, oidc_audience="p"
        )
        self._started = threading.Event()
        self._listener = bind("127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="window")
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(30)
        if self._failure:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server as a signal would."""
        self.server.should_exit = True
        self._thread.join()

    def runs(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of work that runs beside the window's requests."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def starts(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Have work run beside the window's requests, until it is cancelled."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def everything_recorded(self) -> str:
        """Wait until every queued look is recorded, and return the last position."""

        async def recorded() -> int:
            await self._window.looks.recorded()
            return await self._window.ledger.head()

        return str(asyncio.run_coroutine_threadsafe(recorded(), self._loop).result(20))

    def makes_a_key(self, subject: str, case_id: UUID | None = None, role: PartyRole = "applicant") -> None:
        """Make a person's key, by default for a case that never exists, as if a process had died before its append."""
        made = self._window.vault.make_key(ISSUER, subject, case_id or new_id(system_clock()), role)
        asyncio.run_coroutine_threadsafe(made, self._loop).result(20)

    def appends(self, events: Sequence[NewEvent], *, uniqueness_only: bool = False) -> None:
        """Append events as they are, like any application that may write to the ledger."""
        appended = self._window.ledger.append(events, uniqueness_only=uniqueness_only)
        asyncio.run_coroutine_threadsafe(appended, self._loop).result(20)

    def somebody(
        self,
        role: Role,
        subject: str,
        agency: str | None = None,
        desks: tuple[str, ...] = (),
        identifiers: Mapping[str, str] = MappingProxyType({}),
        organisations: Sequence[tuple[str, str]] = (),
    ) -> Person:
        """Return a person with a token, or anyone."""
        if role is Role.ANYONE:
            return Person(self.base_url, None)
        now, settings = system_clock(), self.settings
        token = issue_token(
            settings,
            role,
            subject,
            now=now,
            agency=agency,
            desks=desks,
            identifiers=identifiers,
            organisations=organisations,
            lifetime=self._tokens_last,
        )
        caller = Caller(ISSUER, subject, role, agency, frozenset(desks) or None)
        return Person(self.base_url, token, subject, partial(self.draws, caller))

    def draws(self, official: Caller, case_id: UUID) -> httpx2.Response:
        """Have a draw give an official a case; answer as a change of the case is answered."""
        case, position = self.runs(self._drawn(official, case_id))
        headers = {"ETag": f'"{case.version}"', "Position-Token": str(position)}
        assert case.state is not None
        told = {"caseId": str(case_id), "official": case.state.official, "stage": case.state.stage.value}
        return httpx2.Response(200, headers=headers, json=told)

    async def _drawn(self, official: Caller, case_id: UUID) -> tuple[LoadedCase, int]:
        case = await load_case(self._window.ledger, case_id)
        assert case.state is not None
        worklist, head = self.services.views.worklist, await self._window.ledger.head()
        assert await self.services.views.positions.wait_for_views({"worklist"}, head, _PATIENCE)
        held = Held(await worklist.held(case.state.agency, case.state.desk), head)
        await drawn_for(self._window, official, case_id, held)
        return await load_case(self._window.ledger, case_id), await self._window.ledger.head()

    async def _serve(self) -> None:
        try:
            async with AsyncExitStack() as stack:
                await self._serve_with(stack)
        except BaseException as failure:
            self._failure = failure
            self._started.set()
            raise

    async def _serve_with(self, stack: AsyncExitStack) -> None:
        metrics = Metrics()
        patience = self._patience
        ledger = await stack.enter_async_context(
            Ledger(self.where.writer, observe=metrics.appended, most_waiting=self._most_waiting, patience=patience)
        )
        keys = FileKeyEncryption(self.settings.data / "keys.json")
        vault = await stack.enter_async_context(Vault(self.where.vault, keys, patience=min(10, patience)))
        views = await stack.enter_async_context(Views(self.where.reader, patience=patience))
        if self.projecting:
            projector = await stack.enter_async_context(
                Projector(self.where.projector, self.folds, answer_within=patience)
            )
            await stack.enter_async_context(projector.running())
        self._loop = asyncio.get_running_loop()
        self._window = window = await stack.enter_async_context(window_on(ledger, vault, self._clock))
        closing = asyncio.Event()
        log = await stack.enter_async_context(PublicLog(self.where.reader, self.settings.log_origin, patience=patience))
        tokens = token_verifier(self.settings, system_clock)
        messages = await stack.enter_async_context(EvidenceMessages(self.where.reader, patience=patience))
        self.exchange = Exchange(window, EvidenceKeys.kept_in(self.settings.data), self.base_url)
        replies = Replies(self.exchange, messages)
        services = ApiServices(
            window,
            views,
            tokens,
            closing,
            metrics,
            log,
            self._egress,
            body_within=self._body_within,
            replies=replies,
            own_keeper=lambda: own_key_in(self.settings.data / "draw-keeper").public_key().public_bytes_raw(),
        )
        self.services = services
        self.server = make_server(create_app(services), closing=closing, on_start=self._started.set)
        await self.server.serve(sockets=[self._listener])
