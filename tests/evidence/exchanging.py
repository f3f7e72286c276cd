"""A real window with real registers that are connected: what a test of the whole exchange starts from."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from application.access.callers import Role
from consumers.kafka_settings import KafkaSettings
from consumers.kafka_setup import set_up
from consumers.reference_resource.registers import REGISTERS, Kind
from consumers.reference_resource.running import ReferenceSettings, described
from domain.register.values import Integration
from projections.folds import ALL_VIEWS
from projections.view import View
from tests.api.people import Person, address_of
from tests.api.running import RunningWindow, Where
from tests.evidence.asking import ask, react, running
from tests.evidence.reference import LEYLA, Running
from tests.webhooks.town import HERE

_PATIENCE = 60.0
BIRTH_DATE = "person.birth_date"
AREA = "property.area"
TYPES: Final[Mapping[Kind, Mapping[str, str]]] = {
    "population": {"person.full_name": "text", BIRTH_DATE: "date", "person.alive": "boolean", "person.address": "text"},
    "land": {
        "property.number": "text",
        AREA: "number",
        "property.address": "text",
        "property.encumbered": "boolean",
    },
}


def need(element: str = BIRTH_DATE, resource: str = "population", **changes: Any) -> dict[str, Any]:
    """Return an element that a service needs from a resource."""
    types = {**TYPES["population"], **TYPES["land"]}
    return {"element": element, "resource": resource, "label": {"en": element}, "type": types[element], **changes}


def definition(slug: str, **changes: Any) -> dict[str, Any]:
    """Return a service that needs a birth date from the population register."""
    return {
        "slug": slug,
        "agency": "town",
        "desk": "front",
        "title": {"en": "Permit"},
        "description": {"en": "A permit"},
        "legalBasis": "Act 1",
        "evidence": [need(**changes.pop("need", {}))],
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
        folder: where other registers keep what is theirs.
        kafka: where Kafka is; None: registers are asked over HTTP.
    """

    def __init__(
        self,
        window: RunningWindow,
        register: Running,
        integration: Integration,
        folder: Path,
        kafka: KafkaSettings | None = None,
    ) -> None:
        self.window, self.register, self.folder, self.kafka = window, register, folder, kafka
        self.integration = integration
        self.ahead = timedelta()
        self.retired: set[str] = set()
        self.is_betrayed = False  # whether a register has said in clear what it holds
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
            done(sends(f"/v1/agencies/{slug}", entry, method="PUT"))
        named = {"agency": "ministry", "fromDate": "2026-01-01", "act": "Decree 1"}
        done(sends("/v1/coordinator", named, method="PUT"))
        types = {name: kind for of_kind in TYPES.values() for name, kind in of_kind.items()}
        elements = [{"name": name, "type": kind, "title": {"en": name}} for name, kind in types.items()]
        identifier = {
            "name": "person.identifier",
            "type": "text",
            "title": {"en": "Identifier"},
            "identifiesPerson": True,
        }
        done(sends("/v1/elements", {"elements": [*elements, identifier]}))
        self.integrates(integration)
        self.publishes(definition("permit"))

    def integrates(self, integration: Integration, name: str = "population", kind: Kind = "population") -> None:
        """Establish a register, take it into use, and integrate it."""
        own, judge = self.owner.sends, self.coordinator.sends
        identifier = ["person.identifier"] if kind == "population" else []
        description = {
            "slug": name,
            "owner": "interior",
            "title": {"en": f"{kind} register"},
            "description": {"en": "What is so."},
            "legalBasis": "Act 2",
            "elements": [*TYPES[kind], *identifier],
            "securityClass": "K2",
            "contact": "Hall 3",
        }
        done(own("/v1/resources", {"description": description}))
        verdict = {"verdict": "positive", "reasons": {"en": "Nobody else holds it."}}
        done(judge(f"/v1/resources/{name}/judgements", {"approval": "establish", **verdict}))
        done(own(f"/v1/resources/{name}/use", {"auditedOn": "2026-10-01"}))
        done(judge(f"/v1/resources/{name}/judgements", {"approval": "take_into_use", **verdict}))
        self.asked_by(integration, name)

    def asked_by(self, integration: Integration, name: str = "population") -> None:
        """Integrate a register anew."""
        document = integration.model_dump(mode="json", by_alias=True)
        done(self.owner.sends(f"/v1/resources/{name}/integration", {"integration": document}, method="PUT"))

    @contextmanager
    def asked(self, **changes: Any) -> Iterator[Integration]:
        """Integrate the population register otherwise during the block."""
        otherwise = self.integration.model_copy(update=changes)
        self.asked_by(otherwise)
        try:
            yield otherwise
        finally:
            self.asked_by(self.integration)

    def loses_the_register(self) -> None:
        """End the population register, as if its machine had failed."""
        self.register.stop()

    def has_the_register_back(self) -> None:
        """Start it again where it was, with what it has kept."""
        folder, port = self.folder / "population", port_of(self.register)
        again = Running(folder, self.register.window, self.kafka, port=port)
        self.register = again.__enter__()

    def retires(self, name: str) -> None:
        """Retire a register."""
        reasons = {"reasons": {"en": "Its law has ended."}}
        done(self.owner.sends(f"/v1/resources/{name}/retirement", reasons))
        self.retired.add(name)

    @contextmanager
    def joined_by(self, name: str, kind: Kind = "land", **changes: Any) -> Iterator[Running]:
        """Have another register that is integrated, until it is retired at the end of the block."""
        folder = self.folder / name
        folder.mkdir()
        with registering(folder, self.window, self.kafka, name, kind) as (register, integration):
            self.integrates(integration.model_copy(update=changes), name, kind)
            try:
                yield register
            finally:
                over = self.owner.sends(f"/v1/resources/{name}/retirement", {"reasons": {"en": "It is over."}})
                assert over.is_success or name in self.retired, over.text

    def publishes(self, service: Mapping[str, Any]) -> None:
        """Publish a service, with the grants that it needs."""
        slug = service["slug"]
        for resource in dict.fromkeys(each["resource"] for each in service["evidence"]):
            elements = [each["element"] for each in service["evidence"] if each["resource"] == resource]
            grant: dict[str, object] = {"resource": resource, "elements": elements}
            grant |= {"purpose": {"en": "To decide."}, "legalBasis": "Act 1"}
            done(self.town.sends(f"/v1/grants/{slug}-{resource}", grant, method="PUT"))
            done(self.owner.sends(f"/v1/grants/{slug}-{resource}/agreement"))
        done(self.coordinator.sends("/v1/services", {"definition": service}))
        done(self.coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1}))

    def submits(self, service: str = "permit", who: Person | None = None) -> str:
        """Ask for the service; return the case's address."""
        return address_of((who or self.leyla).submits(service, {}))

    def does(self, case: str, what: str, body: Mapping[str, Any], who: Person | None = None) -> httpx2.Response:
        """Have the applicant do something about the evidence of a case, as they see it, until nobody is faster."""
        person = who or self.leyla
        while True:
            seen = self._reads(case, person)
            answer = person.sends(f"{case}/evidence/{what}", body, seen=seen)
            if answer.status_code != HTTPStatus.PRECONDITION_FAILED:
                return answer

    def stage(self, case: str, who: Person | None = None) -> str:
        """Return where a case stands."""
        return str(self._reads(case, who).json()["stage"])

    def history(self, case: str, who: Person | None = None) -> list[dict[str, Any]]:
        """Return what has happened to a case, as its applicant sees it."""
        return list(self._reads(f"{case}/history", who).json()["items"])

    def claims(self, case: str, who: Person) -> list[dict[str, Any]]:
        """Return what somebody reads to be confirmed about the applicant."""
        return list(self._reads(f"{case}/history", who).json()["claims"])

    def _reads(self, path: str, who: Person | None) -> httpx2.Response:
        """Read what shows everything that is recorded; where the views are behind, again."""
        give_up_at = time.monotonic() + _PATIENCE
        while True:
            answer = (who or self.leyla).asks(path, position=self.window.everything_recorded())
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > give_up_at:
                return answer

    def topics(self, case: str, who: Person | None = None) -> list[str]:
        """Return the topics of what has happened to a case."""
        return [item["type"].removeprefix("case.") for item in self.history(case, who)]

    def until(self, case: str, topic: str, who: Person | None = None, *, times: int = 1) -> list[dict[str, Any]]:
        """Return the history of a case once it has so many events of this topic."""
        give_up_at = time.monotonic() + _PATIENCE
        while self.topics(case, who).count(topic) < times:
            assert time.monotonic() < give_up_at, self.topics(case, who)
            time.sleep(0.05)  # between two looks
        return self.history(case, who)


def done(answer: httpx2.Response) -> httpx2.Response:
    """Return the answer, which is no refusal."""
    assert answer.is_success, answer.text
    return answer


@contextmanager
def registering(
    folder: Path, window: RunningWindow, kafka: KafkaSettings | None, name: str, kind: Kind, port: int = 0
) -> Iterator[tuple[Running, Integration]]:
    """Run a register that this window asks, and say how it is to be integrated."""
    if kafka is not None and kafka.user is None:  # else an administrator has done so before
        set_up(kafka, (), folder, with_replicas=False, resources=[name])
    address = _Address(window.base_url)
    with Running(folder, address, kafka, name, kind, port) as register:  # type: ignore[arg-type]  # only its address is asked for
        settings = ReferenceSettings(kind, name, folder, window.base_url, address=register.address)
        integration = described(settings, "http" if kafka is None else "kafka")
        yield register, integration.model_copy(update={"elements": tuple(REGISTERS[kind].elements)})


@contextmanager
def connected(
    where: Where,
    folder: Path,
    *,
    kafka: KafkaSettings | None = None,
    asking: bool = True,
    react_every: float = 0.2,
    folds: Sequence[View] = ALL_VIEWS,
    kafka_of_register: KafkaSettings | None = None,
) -> Iterator[Town]:
    """Connect a window with a population register, by HTTP or by Kafka.

    Args:
        where: fresh databases.
        folder: an empty folder.
        kafka: where Kafka is; None: by HTTP.
        asking: whether the window asks from the beginning.
        react_every: seconds between two looks at the clock.
        folds: the views that are folded.
        kafka_of_register: as which user the register comes to Kafka, if not as the same.
    """
    with ExitStack() as stack:
        for name in ("window", "population"):
            (folder / name).mkdir()
        window = stack.enter_context(RunningWindow(where, folder / "window", folds=folds, egress=HERE))
        register, integration = stack.enter_context(
            registering(folder / "population", window, kafka_of_register or kafka, "population", "population")
        )
        town = Town(window, register, integration, folder, kafka)
        stack.callback(_close, town)
        stack.enter_context(running(window, lambda: react(window, react_every, lambda: town.ahead)))
        if asking:
            stack.enter_context(running(window, lambda: ask(window, kafka)))
        yield town


class _Address:
    """What a register must know of a window."""

    def __init__(self, address: str) -> None:
        self.address, self.reply_to = address, None


def port_of(register: Running) -> int:
    """Return where a register listens."""
    return urlsplit(register.address).port or 0


def _close(town: Town) -> None:
    town.register.stop()
    for person in (town.coordinator, town.owner, town.town, town.official, town.leyla):
        person.http.close()
