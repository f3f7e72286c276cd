"""`python -m bench.peers.plain_reply`: a server that answers a request with as much as it got, and no more."""

import socket
from typing import Any, Final

import uvicorn

_REPLY: Final = b"x" * 2000


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Answer one request (ASGI 3)."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    length = [(b"content-length", b"%d" % len(_REPLY))]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": _REPLY})


def main() -> None:
    """Serve on a free port, and print it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        server = uvicorn.Server(uvicorn.Config(answer, http="httptools", lifespan="off", log_config=None))
        server.run(sockets=[listener])


if __name__ == "__main__":
    main()
