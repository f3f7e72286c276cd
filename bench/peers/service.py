"""What both HTTP peers share with Pencere: the same server, the same token check, the same databases."""

import asyncio
import os
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from psycopg_pool import AsyncConnectionPool

from api.server import bind, serve
from api.services import token_verifier
from application.access.callers import Caller
from application.clock import system_clock
from application.settings import Settings
from ledger.embedded.postgres import role_passwords, role_url

CONNECTIONS = 8  # the best of 4, 8, 16 and 32


def make_app() -> FastAPI:
    """Return an application that checks tokens; as with Pencere, nothing is traced."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False})
    app.state.tokens = token_verifier(Settings.read(os.environ), system_clock)
    return app


async def _caller(request: Request) -> Caller:
    caller: Caller = await request.app.state.tokens.verify(request.headers["authorization"].removeprefix("Bearer "))
    return caller


Verified = Annotated[Caller, Depends(_caller)]


def owner_url() -> str:
    """Return the owner's URL of the database that the environment names."""
    settings = Settings.read(os.environ)
    return role_url(settings.database_url or "", "pencere_owner", role_passwords(settings.data))


async def serve_app(app: FastAPI, *, autocommit: bool = False) -> None:
    """Serve the application, with a pool of connections, until stopped."""
    kept = {"autocommit": autocommit}
    pool_of = AsyncConnectionPool(owner_url(), min_size=CONNECTIONS, max_size=CONNECTIONS, open=False, kwargs=kept)
    async with pool_of as pool:
        app.state.pool = pool
        listener = bind("127.0.0.1", 0)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await serve(app, listener, closing=asyncio.Event(), on_start=lambda: print(address, flush=True))
