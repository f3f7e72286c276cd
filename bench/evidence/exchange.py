"""Cases a second from submission to answered evidence, over HTTP and over Kafka."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from api.development_issuer import issue_token
from application.access.callers import Role
from application.clock import system_clock
from application.event_loop import run
from application.settings import Settings
from bench.evidence.register import IDENTIFIER, RESOURCE, SERVICE, open_register
from bench.figures import Contender, Contest, Measured, measured
from bench.ground import Ground, without_credentials
from bench.http_load import NUMBER, request
from bench.people import CONNECTIONS, settings_of
from bench.publishing.broker import broker
from bench.publishing.processes import ran
from bench.servers import OURS, ROOT, loaded, serving
from cli.databases import Databases
from cli.wiring import open_window
from consumers.kafka_settings import KafkaSettings
from consumers.kafka_setup import set_up
from consumers.reference_resource.running import ReferenceSettings, described

_PLAIN: Final = "bench.peers.plain_reply"
_PATIENCE: Final = 300.0
_HERE: Final = {"PENCERE_WEBHOOK_ALLOW": "127.0.0.0/8", "PENCERE_WEBHOOK_PLAIN_HTTP": "yes"}
_SETTLED: Final = """
SELECT s.recorded_at / 1e6::float8, e.recorded_at / 1e6::float8
  FROM ledger.events s LEFT JOIN ledger.events e ON e.stream = s.stream AND e.topic = 'case.evidence_settled'
 WHERE s.topic = 'case.submitted'
"""


@contextmanager
def over_http(ground: Ground) -> Iterator[Contest]:
    """Compare with a server that answers a body of the same size at once."""
    connections = [[request("POST", "/", {}, json.dumps({"request": "x" * 2000}))] for _ in range(CONNECTIONS)]

    def plain(seconds: float) -> Measured:
        with ground.fresh() as place, serving(ground, place, _PLAIN) as port:
            return loaded(port, seconds, 200, connections)

    yield Contest(
        Contender("submission to answered evidence", lambda seconds: _answered(ground, seconds, None)),
        Contender("plain request and reply", plain),
    )


@contextmanager
def over_kafka(ground: Ground) -> Iterator[Contest]:
    """Compare with a process that answers each record of a topic in another one, 32 at a time."""
    with broker() as settings:

        def plain(seconds: float) -> Measured:
            return Measured(*ran("bench.peers.plain_exchange", str(seconds), url="", settings=settings))

        yield Contest(
            Contender("submission to answered evidence", lambda seconds: _answered(ground, seconds, settings)),
            Contender("kafka-python, request and reply", plain),
        )


def _answered(ground: Ground, seconds: float, kafka: KafkaSettings | None) -> Measured:
    """Submit for so many seconds, wait until every case has its evidence, and return the figures of all of it."""
    settings = settings_of(ground)
    with ExitStack() as stack:
        place = stack.enter_context(ground.fresh())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pencere-bench-", dir="/var/tmp")))
        port, apart = _free_port(), {"PENCERE_EVIDENCE": "apart" if kafka else "here"}
        register = ReferenceSettings("population", RESOURCE, folder / "reference-resources" / RESOURCE, "", port)
        run(_open(settings, place, described(register, "kafka" if kafka else "http").model_dump_json()))
        window = stack.enter_context(serving(ground, place, *OURS, settings={**_HERE, **apart}))
        arguments = ["--name", RESOURCE, "--port", str(port), "--window", f"http://127.0.0.1:{window}"]
        if kafka is not None:
            set_up(kafka, (), folder, with_replicas=False, resources=[RESOURCE])
            arguments += ["--kafka", kafka.bootstrap_servers]
            stack.enter_context(_beside(["evidence", "--data", str(ground.embedded.data)], _environment(place, kafka)))
        stack.enter_context(_beside(["reference-resource", *arguments, "--data", str(folder)], dict(os.environ)))
        load = loaded(window, seconds, 201, [[_submission(settings, number)] for number in range(CONNECTIONS)])
        return _figures(place, f"submitted at {load.rate:,.0f}/s; {load.note}")


def _figures(place: Databases, note: str) -> Measured:
    give_up_at = time.monotonic() + _PATIENCE
    with psycopg.connect(place.owner, autocommit=True) as owner:
        while True:
            times = owner.execute(_SETTLED).fetchall()
            if times and all(settled is not None for _, settled in times):
                break
            if time.monotonic() > give_up_at:
                raise TimeoutError("cases wait for their evidence")
            time.sleep(0.05)  # between two looks
    took = max(settled for _, settled in times) - min(submitted for submitted, _ in times)
    return measured([settled - submitted for submitted, settled in times], took, note)


async def _open(settings: Settings, place: Databases, integration: str) -> None:
    async with open_window(settings, place) as window:
        await open_register(window, integration)


def _submission(settings: Settings, number: int) -> str:
    identifiers = {IDENTIFIER: "AA10001"}
    token = issue_token(settings, Role.CITIZEN, f"citizen-{number}", now=system_clock(), identifiers=identifiers)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"bench-{NUMBER}"}
    return request("POST", "/v1/cases", headers, json.dumps({"service": SERVICE, "answers": {}}))


def _environment(place: Databases, kafka: KafkaSettings) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": without_credentials(place.owner),
        "VAULT_URL": without_credentials(place.vault),
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
    }


@contextmanager
def _beside(words: list[str], environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "cli", *words]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
