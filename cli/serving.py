"""`pencere serve`: the whole window by one command; run as many as you like on one database."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from api.app import create_app
from api.development_issuer import ISSUER
from api.linked_data.addresses import Addresses
from api.metrics import Metrics
from api.server import bind
from api.server import serve as serve_http
from api.services import ApiServices, Replies, token_verifier
from application.clock import system_clock
from application.event_loop import leave_what_is_there, run
from application.evidence.exchange import Exchange
from application.evidence.keys import EvidenceKeys
from application.settings import MADE_UP_PUBLIC_URL, Settings
from application.subscriptions.egress import Egress
from application.window import Window
from cli.databases import Databases, databases
from cli.demo import load_demo, work_on_demo
from cli.evidence import evidence_beside
from cli.greeting import greeting
from cli.keeper_commands import own_folder, own_keeper_beside
from cli.log_keeping import check_that_the_signer_is_not_ahead, keeper_beside
from cli.options import DataFolder, read_settings
from cli.projecting import projector_beside
from cli.publishing import publisher_beside
from cli.reacting import reactions_beside
from cli.stopping import SERVING_GRACE, end_within
from cli.terminal import fail, say
from cli.webhooks import delivering_beside, settings_beside
from cli.wiring import open_window
from consumers.child_process import Child, kept_running
from consumers.keeper.folder import own_key_in
from consumers.upkeep import keep_house, watch_servers
from consumers.webhooks.settings import WebhookSettings
from ledger.channels.evidence import EvidenceMessages
from ledger.postgresql.task_ending import end
from ledger.public_log.public_log import PublicLog
from projections.views import Views


def serve(
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    demo: Annotated[bool, typer.Option(help="Load the demonstration into an empty ledger.")] = True,
    data: DataFolder = None,
) -> None:
    """Serve the window until interrupted: HTTP, projectors, reactions, webhooks, the public log, the housekeeping."""
    settings, webhooks = read_settings(data), settings_beside()
    children = _children(settings)
    say("Starting the databases ...")
    with databases(settings) as where:
        check_that_the_signer_is_not_ahead(settings, where)
        with kept_running(children):
            run(_serve(settings, where, webhooks, host, port, with_demo=demo and not settings.production))


def _children(settings: Settings) -> list[Child]:
    """Return what runs beside, each in a process of its own, so that it takes nothing from those who are served."""
    found = (
        projector_beside(settings),
        reactions_beside(settings),
        evidence_beside(settings),
        publisher_beside(settings),
        keeper_beside(settings),
    )
    return [child for child in found if child is not None]


async def _serve(
    settings: Settings, where: Databases, webhooks: WebhookSettings | None, host: str, port: int, *, with_demo: bool
) -> None:
    closing, metrics = asyncio.Event(), Metrics()
    async with (
        open_window(settings, where, metrics.appended) as window,
        Views(where.reader) as views,
        PublicLog(where.reader, settings.log_origin) as log,
        EvidenceMessages(where.reader) as messages,
        _working(where, window),
        delivering_beside(where, window, views, webhooks),
    ):
        loaded = with_demo and await load_demo(window, ISSUER)
        if loaded:
            say("Loaded the demonstration: three agencies, three services, five made-up cases.")
        try:
            listener = bind(host, port)
        except OSError as error:
            fail(f"cannot listen on {host}:{port}: {error.strerror}; try another --port")
        address = f"http://{_shown(host)}:{listener.getsockname()[1]}"
        tokens, egress = token_verifier(settings, system_clock), Egress.read(os.environ)
        exchange = Exchange(window, EvidenceKeys.kept_in(settings.data), settings.public_url)
        addresses = Addresses(settings.public_url or _known_as(settings, address), settings.place)
        services = ApiServices(
            window,
            views,
            tokens,
            closing,
            metrics,
            log,
            egress,
            replies=Replies(exchange, messages),
            addresses=addresses,
            own_keeper=lambda: own_key_in(own_folder(settings)).public_key().public_bytes_raw(),
        )
        await views.positions.wait_for(await window.ledger.head(), 30)
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise asyncio.CancelledError  # by Ctrl-C: before Python 3.12 a wait may lose it, and nothing else ends us

        def greet() -> None:
            leave_what_is_there()
            print(greeting(settings, address), flush=True)  # noqa: T201 - what the newcomer pastes from
            if not settings.production:
                say("DEVELOPMENT MODE: anybody with the data folder can make tokens. Set PENCERE_MODE=production.")

        ending = asyncio.create_task(_end_in_time(closing))
        own_keeper = own_keeper_beside(settings, address)
        with kept_running([own_keeper] if own_keeper else []):
            working = asyncio.create_task(work_on_demo(window, ISSUER)) if loaded else None
            await serve_http(create_app(services), listener, closing=closing, on_start=greet)
            await end(working)
            await ending
    print("Stopped.", file=sys.stderr)  # noqa: T201 - the last word


async def _end_in_time(closing: asyncio.Event) -> None:
    await closing.wait()
    end_within(SERVING_GRACE)


@asynccontextmanager
async def _working(where: Databases, window: Window) -> AsyncIterator[None]:
    """Have the housekeeping run beside the server."""
    tasks = [asyncio.create_task(keep_house(window))]
    if where.embedded is not None:
        tasks.append(asyncio.create_task(watch_servers(where.embedded)))
    try:
        yield
    finally:
        for task in tasks:
            await end(task)


def _known_as(settings: Settings, address: str) -> str:
    """Return the public address where none is set: in production where a process listens is nobody's address."""
    return MADE_UP_PUBLIC_URL if settings.production else address


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
