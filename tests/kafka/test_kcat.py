"""A client that we did not write reads an agency's topic and sees proper CloudEvents."""

import asyncio
from pathlib import Path

import pytest

from consumers.kafka_settings import topic_of
from consumers.publisher import Publisher
from ledger.published.cloud_events import attributes
from projections.views import Views
from tests.api.running import Where
from tests.kafka.kcat import Kcat
from tests.kafka.topics import Broker
from tests.projections.folding import fold
from tests.projections.lives import Country, append


@pytest.mark.slow
def test_kcat_reads_an_agencys_cloud_events(where: Where, broker: Broker, tmp_path: Path) -> None:
    broker.forget()

    async def live() -> int:
        position = await append(where.writer, Country(1).live(300), 20)
        await fold(where.projector, position)
        return position

    async def feed() -> dict[int, dict[str, str]]:
        async with Views(where.reader) as views:
            page = await views.agency_feed.page("harbour", 0, 10_000)
        told = {"content-type": "application/json"}
        return {
            each.sequence: told
            | {f"ce_{name}": value for name, value in attributes(each.entry).items()}
            | {"ce_sequence": str(each.sequence), "payload": each.entry.open.decode()}
            for each in page
        }

    Publisher(where.projector, broker.settings).run(until=asyncio.run(live()))
    records = Kcat(tmp_path / "kcat").read(broker.settings.bootstrap_servers, topic_of("harbour"))

    expected = asyncio.run(feed())
    assert len(records) == len(expected) > 50
    for record in records:
        headers = record["headers"]
        assert headers["ce_specversion"] == "1.0"
        assert headers["ce_partitionkey"] == record["key"]
        assert int(headers["ce_previous"]) < int(headers["ce_sequence"])
        seen = {name: value for name, value in headers.items() if name not in {"ce_partitionkey", "ce_previous"}}
        assert seen | {"payload": record["payload"]} == expected[int(headers["ce_sequence"])]
