#!/usr/bin/env python3
"""Stores signed events in a table: `WEBHOOK_SECRET=whsec_... python webhook_receiver.py PORT`."""

import os
import sqlite3
import sys
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

TABLE = """
    CREATE TABLE IF NOT EXISTS events (
        id TEXT PRIMARY KEY, sequence INT, previous INT, type TEXT, subject TEXT, event TEXT
    )
"""
TAKE = "INSERT OR IGNORE INTO events VALUES (:id, :sequence, :previous, :type, :subject, :event)"
MOST = 8 << 20  # bytes of a body


class Receiver(BaseHTTPRequestHandler):
    """Answers 200 only when an event is in the table: then it will not come again."""

    protocol_version = "HTTP/1.1"  # so that connections are kept open

    def do_POST(self) -> None:
        """Store one event."""
        body = self.rfile.read(min(int(self.headers["Content-Length"]), MOST))
        try:
            event = Webhook(os.environ["WEBHOOK_SECRET"]).verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            self.answer(HTTPStatus.UNAUTHORIZED)
            return
        with closing(sqlite3.connect("events.db")) as table, table:
            is_new = table.execute(TAKE, {**event, "event": body.decode()}).rowcount
        self.answer(HTTPStatus.OK)
        if is_new:
            print(event["sequence"], event["type"], event["subject"], flush=True)

    def answer(self, status: HTTPStatus) -> None:
        """Answer without a body: nobody reads it."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, *_: object) -> None:
        """Print no line for each request."""


def main(port: int) -> None:
    """Listen until stopped."""
    with closing(sqlite3.connect("events.db")) as table, table:
        table.execute(TABLE)
    with ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        print("Waiting for events.", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
