"""A running reference resource, and the window's side of a conversation with it."""

import asyncio
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx2

from application.clock import system_clock
from application.evidence.replies import Keys, Pending, accepted, asked
from application.evidence.sealing import sealed
from application.evidence.signing import verifying_key
from application.identity import new_id
from consumers.kafka_settings import KafkaSettings
from consumers.reference_resource.behaviour import Behaviour
from consumers.reference_resource.registers import Kind
from consumers.reference_resource.running import ReferenceSettings, Server, described, serving
from domain.evidence.messages import Acknowledgement, ErrorReply, EvidenceAnswer, EvidenceRequest
from domain.evidence.values import Subject
from domain.service.definition import EvidenceNeed
from tests.evidence.examples import WINDOW, WINDOW_SEALING, request
from tests.evidence.made_window import MadeWindow

LEYLA = "AA10001"
TODAY = date(2026, 12, 1)
NEEDS: Mapping[str, EvidenceNeed] = {
    element: EvidenceNeed(element=element, resource="population", label={"en": element}, type=kind)
    for element, kind in (
        ("person.full_name", "text"),
        ("person.birth_date", "date"),
        ("person.alive", "boolean"),
        ("person.address", "text"),
    )
}
Accepted = Acknowledgement | EvidenceAnswer | ErrorReply


class Running:
    """A population register that serves while the context is open; its folder outlives it.

    Args:
        folder: its keys and answers.
        window: the window that asks it.
        kafka: where Kafka is.
        name: under which it is registered.
        kind: which register it is.
        port: where it listens; 0: anywhere.
    """

    def __init__(
        self,
        folder: Path,
        window: MadeWindow,
        kafka: KafkaSettings | None = None,
        name: str = "population",
        kind: Kind = "population",
        port: int = 0,
    ) -> None:
        self.window, self.name = window, name
        self._settings = ReferenceSettings(kind, name, folder, window.address, port=port, kafka=kafka)
        self._started = threading.Event()
        self._server: Server | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.registered = described(self._settings, "http")
        self.address = ""

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(20)
        self.http = httpx2.Client(base_url=self.address, timeout=20)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, if it has not ended already."""
        self.http.close()
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join()

    @property
    def keys(self) -> Keys:
        """What its answers are verified with, as it was registered, and opened with."""
        return Keys(verifying_key(self.registered.signing_key), WINDOW_SEALING)

    def switch(self, **switches: Any) -> None:
        """Change its behaviour while it runs."""
        answered = self.http.put("/behaviour", content=Behaviour(**switches).model_dump_json(by_alias=True))
        assert answered.status_code == 200, answered.text

    def heard(self) -> int:
        """Return how many messages of the window it has heard."""
        return int(self.http.get("/behaviour").json()["heard"])

    def request(self, who: str = LEYLA, **changes: Any) -> EvidenceRequest:
        """Return a request of now about somebody."""
        now = datetime.now(UTC)  # noqa: TID251 - the resource's own clock runs
        request_id = changes.pop("request_id", None) or new_id(now)
        subject = Subject(request_id=request_id, element="person.identifier", value=who)
        members = {
            "request_id": request_id,
            "resource": self.name,
            "subject": sealed(subject, self.registered.sealing_key),
            "issued_at": now,
            "answer_by": now + timedelta(hours=1),
            "expires_at": now + timedelta(days=1),
            "elements": tuple(NEEDS),
            "as_of": TODAY,
            "reply_to": self.window.reply_to,
        }
        return request(**{**members, **changes})

    def ask(self, message: EvidenceRequest) -> httpx2.Response:
        """Send a request over HTTP."""
        return self.http.post("/evidence", content=asked(message, WINDOW)[0])

    def accept(self, message: EvidenceRequest, raw: bytes, *others: EvidenceRequest) -> Accepted:
        """Check what it says to a request, as the window does."""
        hashes = frozenset(asked(each, WINDOW)[1] for each in (message, *others))
        return accepted(raw, Pending(message, hashes, NEEDS), self.keys, system_clock())

    def answers(self, message: EvidenceRequest) -> Accepted:
        """Ask over HTTP, and return what is accepted of the response."""
        return self.accept(message, self.ask(message).content)

    async def _serve(self) -> None:
        async with serving(self._settings) as (server, listener, address):
            self._server, self.address = server, address
            server.on_start = self._started.set
            await server.serve(sockets=[listener])
