"""A bare route: one prepared SELECT, one row, and its bytes are the answer."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request, Response

from application.event_loop import run
from bench.peers.service import Verified, make_app, serve_app

_DOCUMENT = "SELECT document FROM bare.histories WHERE case_id = %s"


def bare_app() -> FastAPI:
    """Return the service; it only checks the token."""
    app = make_app()

    @app.get("/v1/cases/{case_id}/history")
    async def history(case_id: UUID, caller: Verified, request: Request) -> Response:  # noqa: ARG001 - the check is all
        async with request.app.state.pool.connection() as connection:
            cursor = await connection.execute(_DOCUMENT, [case_id], prepare=True, binary=True)
            row: tuple[Any, ...] | None = await cursor.fetchone()
        if row is None:
            raise HTTPException(404)
        return Response(row[0], media_type="application/json")

    return app


if __name__ == "__main__":
    run(serve_app(bare_app(), autocommit=True))
