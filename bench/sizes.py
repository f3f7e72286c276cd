"""`python -m bench.sizes`: how many bytes an event takes, in each place that stores a part of it."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from application.clock import system_clock
from application.event_loop import run
from application.identity import new_id
from bench.__main__ import own_ground
from bench.filler.copying import fill
from bench.ground import Ground
from cli.databases import Databases
from consumers.kafka_settings import LEDGER, KafkaSettings
from consumers.kafka_topics import Topics
from consumers.local_kafka.cluster import LocalKafka
from consumers.publisher import Publisher
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Party, Vault
from projections.folds import ALL_VIEWS
from projections.rebuild_in_processes import rebuild_in_processes

_OF_SCHEMA: Final = """
SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'
"""
_OF_EVENTS: Final = "SELECT pg_table_size('ledger.events'), pg_indexes_size('ledger.events')"
_ISSUER: Final = "https://issuer.example"
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Size(NamedTuple):
    """The bytes in one place, and the number of events or keys in them."""

    where: str
    size: int
    number: int
    of: str

    @property
    def each(self) -> float:
        """Bytes for each of them."""
        return self.size / self.number


@app.command()
def main(*, events: Annotated[int, typer.Option(help="How many to fill a ledger with.")] = 200_000) -> None:
    """Fill a ledger, compute its views, publish it, and print the sizes; nothing is kept afterwards."""
    with own_ground() as ground:
        sizes = list(measure(ground, events))
    table = Table("where", "MB", "bytes each", "of")
    for column in table.columns[1:3]:
        column.justify = "right"
    for one in sizes:
        table.add_row(one.where, f"{one.size / (1 << 20):,.1f}", f"{one.each:,.0f}", one.of)
    Console(width=100, highlight=False).print(table)


def measure(ground: Ground, events: int) -> Iterator[Size]:
    """Return the sizes of so many events in the ledger, each view and Kafka, and of as many keys in the vault."""
    with ground.fresh() as place:
        fill(place.owner, events)
        rebuild_in_processes(place.owner, ALL_VIEWS, lambda _done, _total: None)
        with psycopg.connect(place.owner) as owner:
            table, indexes = owner.execute(_OF_EVENTS).fetchall()[0]
            yield Size("event table", table, events, "event")
            yield Size("its indexes", indexes, events, "event")
            for view in ALL_VIEWS:
                [(size,)] = owner.execute(_OF_SCHEMA, [view.name]).fetchall()
                yield Size(f"view {view.name}", size, events, "event")
        yield from _in_kafka(place, events)
        yield _in_the_vault(ground, place, events // 10)


def _in_kafka(place: Databases, events: int) -> Iterator[Size]:
    with (
        tempfile.TemporaryDirectory(prefix="pencere-bench-", dir="/var/tmp") as folder,
        LocalKafka(Path(folder)) as local,
    ):
        settings = KafkaSettings(local.bootstrap_servers)
        with Topics(settings) as topics:
            topics.make([LEDGER])
        Publisher(place.projector, settings).run(until=events)
        for name, is_of in _TOPICS.items():
            yield Size(name, _on_disk(Path(folder), is_of), events, "event")


_TOPICS: Final[dict[str, Callable[[str], bool]]] = {
    "Kafka, agencies' topics": lambda topic: topic.startswith("pencere.events."),
    "Kafka, auditors' topic": lambda topic: topic.startswith("pencere.audit-"),
    "Kafka, topic for replicas": lambda topic: topic.startswith("pencere.ledger-"),
}


def _on_disk(folder: Path, is_of: Callable[[str], bool]) -> int:
    """Return the bytes of the records of some topics, without the indexes, whose files are made in advance."""
    return sum(file.stat().st_size for file in folder.rglob("*.log") if is_of(file.parent.name))


def _in_the_vault(ground: Ground, place: Databases, keys: int) -> Size:
    async def make() -> None:
        async with Vault(place.vault, FileKeyEncryption(ground.embedded.data / "bench-keys.json")) as vault:
            now = system_clock()
            await vault.make_keys([Party(_ISSUER, f"citizen-{n}", new_id(now), "applicant") for n in range(keys)])

    run(make())
    with psycopg.connect(place.vault) as own:
        [(size,)] = own.execute("SELECT pg_total_relation_size('vault.keys')").fetchall()
    return Size("vault", size, keys, "key")


if __name__ == "__main__":
    app()
