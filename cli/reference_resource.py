"""`pencere reference-resource`: a register with made-up people, for trials of the exchange."""

import json
import os
from enum import StrEnum
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from application.event_loop import run
from cli.options import DataFolder, read_settings
from cli.terminal import fail, say
from consumers.kafka_settings import KafkaSettings
from consumers.reference_resource.behaviour import Behaviour
from consumers.reference_resource.running import (
    PortTakenError,
    ReferenceSettings,
    described,
    run_reference_resource,
)
from domain.evidence.errors import ErrorCode
from domain.subscription.endpoint import is_endpoint
from domain.values import Slug


class KindName(StrEnum):
    """The registers that it can be."""

    POPULATION = "population"
    LAND = "land"


class TransportName(StrEnum):
    """How the window asks it."""

    HTTP = "http"
    KAFKA = "kafka"


def reference_resource(  # noqa: PLR0913 - the options of a command
    *,
    kind: Annotated[KindName, typer.Option(help="Which register it is.")] = KindName.POPULATION,
    name: Annotated[str | None, typer.Option(help="Under which it is registered [default: the kind].")] = None,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="On this machine.")] = 8100,
    window: Annotated[str, typer.Option(help="The window's address.")] = "http://127.0.0.1:8000",
    kafka: Annotated[str | None, typer.Option(help="Also asked by Kafka: HOST:PORT.")] = None,
    address: Annotated[str | None, typer.Option(help="How it is reached, if not on this machine.")] = None,
    describe: Annotated[bool, typer.Option("--describe", help="Print how it is asked as JSON, and end.")] = False,
    transport: Annotated[TransportName, typer.Option(help="For --describe.")] = TransportName.HTTP,
    switches: Annotated[str, typer.Option(help='Its behaviour as JSON: {"silent": true}.')] = "{}",
    error: Annotated[ErrorCode | None, typer.Option(help="Answer with this error.")] = None,
    data: DataFolder = None,
) -> None:
    """Run a register with made-up people or parcels until interrupted. For trials and tests.

    PUT /behaviour from this machine changes what it does while it runs.
    """
    called = name or kind.value
    _check(called, address)
    behaviour = _behaviour(switches, error)
    folder = read_settings(data).data / "reference-resources" / called
    servers = KafkaSettings.read({**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka}) if kafka else None
    settings = ReferenceSettings(kind.value, called, folder, window, port, servers, address, behaviour)
    if describe:
        told = described(settings, transport.value).model_dump(mode="json", by_alias=True, exclude_none=True)
        typer.echo(json.dumps(told, indent=2))
        return
    try:
        run(run_reference_resource(settings, lambda at: say(f"{called} is asked at {at}/evidence; Ctrl-C stops it.")))
    except (PortTakenError, ValueError) as refused:
        fail(str(refused))


def _check(name: str, address: str | None) -> None:
    try:
        TypeAdapter(Slug).validate_python(name)
    except ValidationError:
        fail("--name has small letters and digits, with single hyphens between them")
    if address is not None and not is_endpoint(address):
        fail("--address is an http or https address without user and query")


def _behaviour(switches: str, error: ErrorCode | None) -> Behaviour:
    try:
        chosen: dict[str, Any] = json.loads(switches)
        return Behaviour.model_validate({**chosen, **({"error": error} if error else {})})
    except (ValueError, TypeError):
        known = ", ".join(sorted(field.alias or name for name, field in Behaviour.model_fields.items()))
        fail(f"--switches is a JSON object; the switches are {known}")
