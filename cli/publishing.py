"""`pencere publish`: the publisher as a separate process, and as a child of `serve`."""

import os
from typing import Annotated

import typer

from application.settings import Settings
from cli.beside import command_beside
from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.stopping import stopped_by_signals
from cli.terminal import event_progress, fail, summary
from consumers.child_process import Child
from consumers.kafka_settings import KafkaSettings
from consumers.publisher import Publisher
from ledger.store.threads import ThreadedLedger

BESIDE = 5
"""The niceness of a publisher beside `serve`: when the cores are busy, agencies wait, and not citizens."""


def publish(
    *,
    until_caught_up: Annotated[
        bool, typer.Option("--until-caught-up", help="End when everything that is there now is published.")
    ] = False,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Publish every event to Kafka, in order, until interrupted; stand by while another process does."""
    settings = read_settings(data)
    kafka = KafkaSettings.read(os.environ, settings.data)
    if kafka is None:
        fail("KAFKA_BOOTSTRAP_SERVERS says where Kafka is, and is not set")
    with databases(settings) as where, event_progress("publishing") as progress:
        until = None
        if until_caught_up:
            with ThreadedLedger(where.reader) as ledger:
                until = ledger.head()
        publisher = Publisher(where.projector, kafka, progress)
        with stopped_by_signals(publisher):
            position = publisher.run(until=until)
    summary({"position": position}, as_json=as_json)


def publisher_beside(settings: Settings) -> Child | None:
    """Return the publisher beside `serve`; None where Kafka is not used.

    Raises:
        SettingsError: a setting makes no sense.
    """
    if KafkaSettings.read(os.environ) is None:
        return None
    return command_beside(settings, "publish", niceness=BESIDE)
