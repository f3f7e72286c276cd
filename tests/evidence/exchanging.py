"""A real window and a real register that are connected: what a test of the whole exchange starts from."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from application.access.callers import Role
from application.evidence.sealing import LARGEST_SEALED
from consumers.evidence.hearing import take_in
from consumers.evidence.kafka_post import KafkaPost
from consumers.evidence.worker import EvidenceWorker
from consumers.kafka_settings import KafkaSettings
from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from consumers.reference_resource.running import ReferenceSettings, described
from consumers.webhooks.sending import Sender
from consumers.webhooks.settings import WebhookSettings
from domain.register.values import Integration
from ledger.channels.evidence import EvidenceMessages, EvidenceOutbox
from projections.views import Views
from tests.api.people import Person, address_of
from tests.api.running import RunningWindow, Where
from tests.evidence.reference import LEYLA, Running
from tests.webhooks.town import HERE

_PATIENCE = 40.0
BIRTH_DATE = "person.birth_date"
TYPES = {"person.full_name": "text", BIRTH_DATE: "date", "person.alive": "boolean", "person.address": "text"}


def definition(slug: str, **changes: Any) -> dict[str, Any]:
    """Return a service that needs a birth date from the population register."""
    need = {
        "element": BIRTH_DATE,
        "resource": "population",
        "label": {"en": "Born on"},
        "type": "date",
        **changes.pop("need", {}),
    }
    return {
        "slug": slug,
        "agency": "town",
        "desk": "front",
        "title": {"en": "Permit"},
        "description": {"en": "A permit"},
        "legalBasis": "Act 1",
        "evidence": [need],
        "channels": ["internet"],
        "languages": ["en"],
        **changes,
    }


class Town:
    """A window with its agencies, a population register that is integrated, and a service that needs it.

    Args:
        window: the window, which serves.
        register: the population register, which serves.
        integration: how it is integrated.
    """

    def __init__(self, window: RunningWindow, register: Running, integration: Integration) -> None:
        self.window, self.register = window, register
        somebody = window.somebody
        self.coordinator = somebody(Role.COORDINATOR, "coordinator", "ministry")
        self.owner = somebody(Role.AGENCY, "owner", "interior")
        self.town = somebody(Role.AGENCY, "town", "town")
        self.official = somebody(Role.OFFICIAL, "official", "town", ("front",))
        self.leyla = somebody(Role.CITIZEN, "leyla", identifiers={"person.identifier": LEYLA})
        self._open(integration)

    def _open(self, integration: Integration) -> None:
        sends = self.coordinator.sends
        for slug in ("ministry", "interior", "town"):
            entry = {"name": {"en": slug}, "timeZone": "Asia/Baku", "desks": ["front"]}
            _done(sends(f"/v1/agencies/{slug}", entry, method="PUT"))
        named = {"agency": "ministry", "fromDate": "2026-01-01", "act": "Decree 1"}
        _done(sends("/v1/coordinator", named, method="PUT"))
        elements = [{"name": name, "type": kind, "title": {"en": name}} for name, kind in TYPES.items()]
        identifier = {
            "name": "person.identifier",
            "type": "text",
            "title": {"en": "Identifier"},
            "identifiesPerson": True,
        }
        _done(sends("/v1/elements", {"elements": [*elements, identifier]}))
        self.integrates(integration)
        self.publishes(definition("permit"))

    def integrates(self, integration: Integration) -> None:
        """Establish the population register, take it into use, and integrate it."""
        own, judge = self.owner.sends, self.coordinator.sends
        description = {
            "slug": "population",
            "owner": "interior",
            "title": {"en": "Population register"},
            "description": {"en": "Who lives here."},
            "legalBasis": "Act 2",
            "elements": [*TYPES, "person.identifier"],
            "securityClass": "K2",
            "contact": "Hall 3",
        }
        _done(own("/v1/resources", {"description": description}))
        verdict = {"verdict": "positive", "reasons": {"en": "Nobody else holds it."}}
        _done(judge("/v1/resources/population/judgements", {"approval": "establish", **verdict}))
        _done(own("/v1/resources/population/use", {"auditedOn": "2026-10-01"}))
        _done(judge("/v1/resources/population/judgements", {"approval": "take_into_use", **verdict}))
        self.asked_by(integration)

    def asked_by(self, integration: Integration) -> None:
        """Integrate the register anew."""
        document = integration.model_dump(mode="json", by_alias=True)
        _done(self.owner.sends("/v1/resources/population/integration", {"integration": document}, method="PUT"))

    def publishes(self, service: Mapping[str, Any]) -> None:
        """Publish a service, with the grant that it needs."""
        slug = service["slug"]
        elements = [each["element"] for each in service["evidence"]]
        grant: dict[str, object] = {"resource": "population", "elements": elements}
        grant |= {"purpose": {"en": "To decide."}, "legalBasis": "Act 1"}
        _done(self.town.sends(f"/v1/grants/{slug}", grant, method="PUT"))
        _done(self.owner.sends(f"/v1/grants/{slug}/agreement"))
        _done(self.coordinator.sends("/v1/services", {"definition": service}))
        _done(self.coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1}))

    def submits(self, service: str = "permit", who: Person | None = None) -> str:
        """Ask for the service; return the case's address."""
        return address_of((who or self.leyla).submits(service, {}))

    def stage(self, case: str, who: Person | None = None) -> str:
        """Return where a case stands."""
        return str((who or self.leyla).asks(case, Position_Token=self.window.everything_recorded()).json()["stage"])

    def history(self, case: str, who: Person | None = None) -> list[dict[str, Any]]:
        """Return what has happened to a case, as its applicant sees it."""
        answer = (who or self.leyla).asks(f"{case}/history", Position_Token=self.window.everything_recorded())
        return list(answer.json()["items"])

    def topics(self, case: str) -> list[str]:
        """Return the topics of what has happened to a case."""
        return [item["type"].removeprefix("case.") for item in self.history(case)]

    def until(self, case: str, topic: str) -> list[dict[str, Any]]:
        """Return the history of a case once it has an event of this topic."""
        give_up_at = time.monotonic() + _PATIENCE
        while topic not in self.topics(case):
            assert time.monotonic() < give_up_at, self.topics(case)
            time.sleep(0.05)  # between two looks
        return self.history(case)


def _done(answer: httpx2.Response) -> None:
    assert answer.is_success, answer.text


@contextmanager
def connected(
    where: Where, folder: Path, *, kafka: KafkaSettings | None = None, asking: bool = True, react_every: float = 0.2
) -> Iterator[Town]:
    """Connect a window with a population register, by HTTP or by Kafka.

    Args:
        where: fresh databases.
        folder: an empty folder.
        kafka: where Kafka is; None: by HTTP.
        asking: whether the window asks from the beginning.
        react_every: seconds between two looks at the clock.
    """
    with ExitStack() as stack:
        for name in ("window", "population"):
            (folder / name).mkdir()
        window = stack.enter_context(RunningWindow(where, folder / "window", egress=HERE))
        register = stack.enter_context(Running(folder / "population", _Address(window.base_url), kafka))  # type: ignore[arg-type]  # only its address is asked for
        settings = ReferenceSettings(
            "population", "population", folder / "population", window.base_url, address=register.address
        )
        town = Town(window, register, described(settings, "http" if kafka is None else "kafka"))
        stack.callback(_close, town)
        if asking:
            stack.enter_context(running(window, lambda: ask(window, kafka)))
            stack.enter_context(running(window, lambda: react(window, react_every)))
        yield town


class _Address:
    """What a register must know of a window."""

    def __init__(self, address: str) -> None:
        self.address, self.reply_to = address, None


def _close(town: Town) -> None:
    for person in (town.coordinator, town.owner, town.town, town.official, town.leyla):
        person.http.close()


async def ask(window: RunningWindow, kafka: KafkaSettings | None) -> None:
    """Ask resources until cancelled, as `pencere evidence` does."""
    where, exchange = window.where, window.exchange
    async with Views(where.reader) as views, EvidenceMessages(where.reader) as messages:
        sender = Sender(WebhookSettings(egress=HERE, time_limit=5), keeps=LARGEST_SEALED)
        outbox = EvidenceOutbox(where.projector)
        try:
            if kafka is None:
                await EvidenceWorker(exchange, outbox, messages, views, sender).run()
                return

            async def take(resource: str, raw: bytes) -> None:
                await take_in(exchange, messages, resource, raw)

            async with KafkaPost(kafka, take, asyncio.get_running_loop()) as post:
                await EvidenceWorker(exchange, outbox, messages, views, sender, post).run()
        finally:
            await outbox.close()
            await sender.close()


async def react(window: RunningWindow, every: float) -> None:
    """Host the reactions until cancelled."""
    async with Views(window.where.reader) as views:
        reactions = all_reactions(window.exchange.window, views)
        await ReactionHost(window.where.projector, window.exchange.window, reactions, every=every).run()


@contextmanager
def running(window: RunningWindow, work: Callable[[], Any]) -> Iterator[None]:
    """Have work run on the window's event loop during the block."""
    task: Future[Any] = window.starts(work())
    try:
        yield
    finally:
        task.cancel()
        window.runs(asyncio.sleep(0))
