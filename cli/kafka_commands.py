"""`pencere kafka`: a local broker; topics, users and rights."""

import asyncio
import os
import re
import signal
import threading
from typing import Annotated, Final

import typer

from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import event_progress, fail, say, summary
from consumers.kafka_settings import KafkaSettings
from consumers.kafka_setup import KafkaRefusedError, set_up
from consumers.local_kafka.broker_settings import ADMIN
from consumers.local_kafka.cluster import LocalKafka
from consumers.local_kafka.jars import LocalKafkaError
from domain.values import LONGEST_SLUG, NAME_IN_CLEAR
from projections.resource_register.types import RegisteredResource
from projections.views import Views

_PAGE: Final = 500
app = typer.Typer(no_args_is_help=True, help="Kafka: a local broker, topics and rights.")


@app.callback()
def _group() -> None:
    """Kafka: a local broker, topics and rights."""


@app.command()
def up(
    *,
    brokers: Annotated[int, typer.Option(min=1, max=3, help="1 or 3.")] = 1,
    port: Annotated[
        int | None,
        # The second and third broker take the next ports.
        typer.Option(min=1, max=65_533, help="Of the first broker; none given: a free one."),
    ] = None,
    secure: Annotated[bool, typer.Option("--secure", help="With users (SCRAM) and rights.")] = False,
    data: DataFolder = None,
) -> None:
    """Run a real Apache Kafka on this machine until interrupted. For tests and trials, not for production.

    Prints only KAFKA_BOOTSTRAP_SERVERS=... on standard output when Kafka is ready. When that variable is set already,
    the command starts nothing and prints the variable.
    """
    if already := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        typer.echo(f"KAFKA_BOOTSTRAP_SERVERS={already}")
        return
    if brokers == 2:  # noqa: PLR2004 - a majority of two is both: that is worse than one
        fail("--brokers is 1 or 3")
    folder = read_settings(data).data / "kafka"
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    try:
        with (
            event_progress("fetching Kafka") as progress,
            LocalKafka(folder, brokers=brokers, port=port, secure=secure, progress=progress) as running,
        ):
            typer.echo(f"KAFKA_BOOTSTRAP_SERVERS={running.bootstrap_servers}")
            say(f"Ctrl-C stops it; its data stays in {folder}.")
            if secure:
                say(f"The administrator is {ADMIN!r}, with the password in {folder / 'cluster.json'}.")
            ended.wait()
    except LocalKafkaError as error:
        fail(str(error))


@app.command()
def setup(
    *,
    replicas: Annotated[bool, typer.Option("--replicas", help="Also the topic that feeds our own replicas.")] = False,
    resource: Annotated[
        list[str] | None,
        typer.Option(help="A resource that will be asked by Kafka, before it is integrated; once for each of them."),
    ] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Create topics, and with KAFKA_USER (an administrator) users and rights.

    Run it again for a new agency, and for a resource that is integrated by Kafka, which the register says.
    """
    named = set(resource or ())
    if not all(_is_name(each) for each in named):
        fail("--resource is a name of the register: small letters and digits, with single hyphens between them")
    settings = read_settings(data)
    kafka = KafkaSettings.read(os.environ, settings.data)
    if kafka is None:
        fail("KAFKA_BOOTSTRAP_SERVERS says where Kafka is, and is not set")
    with databases(settings) as where:
        agencies, integrated = asyncio.run(known_to_the_catalogue(where.reader))
    resources = sorted(named.union(integrated))
    try:
        made, kept = set_up(kafka, agencies, settings.data, with_replicas=replicas, resources=resources)
    except KafkaRefusedError as error:
        fail(str(error))
    if kept is not None:
        say(f"The users' passwords are in {kept}.")
    summary({"topics": made, "agencies": len(agencies), "users": str(kept) if kept else None}, as_json=as_json)


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST_SLUG and re.fullmatch(NAME_IN_CLEAR, text) is not None


async def known_to_the_catalogue(url: str) -> tuple[list[str], list[str]]:
    """Return all agencies of the catalogue, and the resources that are asked by Kafka."""
    agencies: list[str] = []
    resources: list[str] = []
    async with Views(url) as views:
        while page := await views.catalogue.agencies(after=agencies[-1] if agencies else "", limit=_PAGE):
            agencies += [agency.slug for agency in page]
        after = ""
        while known := await views.resource_register.resources(after=after, limit=_PAGE):
            resources += [each.slug for each in known if _is_asked_by_kafka(each)]
            after = known[-1].slug
    return agencies, resources


def _is_asked_by_kafka(resource: RegisteredResource) -> bool:
    integration = resource.integration
    return resource.status == "integrated" and integration is not None and integration.transport == "kafka"
