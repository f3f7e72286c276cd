"""`pencere replica`: views in another database, fed from Kafka; run up to one process for each partition."""

import os
from typing import Annotated

import typer

from cli.options import DataFolder, read_settings
from cli.stopping import stopped_by_signals
from cli.terminal import fail, say
from consumers.kafka_settings import KafkaSettings
from consumers.replica import ReplicaFeeder
from ledger.embedded.postgres import role_passwords, role_url
from ledger.postgresql.migrate import LEDGER_ROLES, database_name, ensure_database
from projections.replica import PARTITIONED_VIEWS, migrate_replica


def replica(
    database: Annotated[
        str, typer.Option(help="Where the replica is to be, as somebody who may make roles and databases.")
    ],
    *,
    data: DataFolder = None,
) -> None:
    """Keep views in another database up to date with the ledger, from the topic `pencere.ledger`, until interrupted.

    `pencere kafka setup --replicas` creates that topic. Views that number events across all cases cannot use it.
    """
    settings = read_settings(data)
    kafka = KafkaSettings.read(os.environ, settings.data)
    if kafka is None:
        fail("KAFKA_BOOTSTRAP_SERVERS says where Kafka is, and is not set")
    passwords = role_passwords(settings.data)
    ensure_database(database, database_name(database), passwords, LEDGER_ROLES)
    migrate_replica(role_url(database, "pencere_owner", passwords))
    feeder = ReplicaFeeder(role_url(database, "pencere_projector", passwords), kafka)
    with stopped_by_signals(feeder):
        say(f"Feeding {', '.join(view.name for view in PARTITIONED_VIEWS)}; Ctrl-C stops it.")
        feeder.run()
