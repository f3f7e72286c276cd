"""The table of faults of the exchange, where a server of ours fails: a database, the vault, a view, a broker."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from consumers.kafka_settings import KafkaSettings
from consumers.local_kafka.cluster import LocalKafka
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from projections.evidence_requests.fold import VIEW
from projections.folds import ALL_VIEWS
from projections.runner import Projector
from tests.api.running import RunningWindow, fresh_databases
from tests.evidence.asking import running
from tests.evidence.exchanging import Town, connected
from tests.evidence.in_clear import in_database, in_topics
from tests.evidence.outcomes import ANSWERED, ASKED, SUPPLIED, asking, ended, only, quickly, until
from tests.faults.world import servers
from tests.kafka.faults.world import where_of

_numbers = itertools.count(1)
WHOLE = [*ASKED, "evidence_sent", *ANSWERED]


@pytest.fixture(scope="module")
def own_servers() -> Iterator[EmbeddedPostgres]:
    """Clusters that only these tests use, and break."""
    with servers() as postgres:
        yield postgres


@pytest.fixture(scope="module")
def town(own_servers: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town on these clusters."""
    with connected(where_of(own_servers), tmp_path_factory.mktemp("town"), asking=False) as town:
        yield town
        assert in_database(own_servers.ledger_url(ADMIN)) == []


def goes_on(town: Town, case: str) -> None:
    """See the case answered, and once only."""
    history = town.until(case, "evidence_settled")
    assert [topic for topic in town.topics(case) if topic != "evidence_remarked"] == WHOLE
    assert only(history, "evidence_answered")["answers"] == SUPPLIED


def test_a_case_goes_on_after_postgresql_was_restarted_while_it_was_asked(
    town: Town, own_servers: EmbeddedPostgres
) -> None:
    town.register.switch(delay_ms=1000)
    with asking(town):
        case = town.submits()
        town.until(case, "evidence_sent")
        own_servers.ledger.restart()
        goes_on(town, case)
    town.register.switch()


def test_a_case_goes_on_after_postgresql_was_restarted_while_it_was_answered_later(
    town: Town, own_servers: EmbeddedPostgres
) -> None:
    town.register.switch(later_ms=300)
    with asking(town):
        case = town.submits()
        town.until(case, "evidence_acknowledged")
        own_servers.ledger.restart()
        town.until(case, "evidence_settled")
    assert town.topics(case).count("evidence_answered") == 1
    town.register.switch()


def test_nothing_is_asked_and_nothing_lost_while_the_vault_is_away(
    town: Town, own_servers: EmbeddedPostgres, caplog: pytest.LogCaptureFixture
) -> None:
    case = town.submits()
    heard = town.register.heard()
    own_servers.vault.stop()
    try:
        with asking(town):
            until(lambda: "evidence begins anew: VaultUnavailableError" in caplog.text)
            assert town.register.heard() == heard
    finally:
        own_servers.vault.ensure_running()
    with asking(town):
        goes_on(town, case)


def test_an_answer_that_comes_while_the_vault_is_away_is_asked_for_again(
    town: Town, own_servers: EmbeddedPostgres
) -> None:
    town.register.switch(delay_ms=1500)
    with asking(town):
        case = town.submits()
        town.until(case, "evidence_sent")
        heard = town.register.heard()
        own_servers.vault.stop()
        until(lambda: town.register.heard() > heard)  # it has answered, and is asked once more
        own_servers.vault.ensure_running()
        goes_on(town, case)
    town.register.switch()


def test_a_case_goes_on_when_the_view_that_says_what_to_ask_goes_on(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    others = [view for view in ALL_VIEWS if view.name != VIEW.name]
    with (
        fresh_databases(postgres, f"stopped_{next(_numbers)}") as where,
        connected(where, tmp_path, folds=others) as town,
    ):
        case = town.submits()
        until(lambda: town.stage(case) == "AwaitingEvidence")
        assert town.topics(case) == ASKED
        with running(town.window, lambda: fold(town.window)):
            goes_on(town, case)


async def fold(window: RunningWindow) -> None:
    """Fold the view until cancelled."""
    async with Projector(window.where.projector, [VIEW]) as projector, projector.running():
        await asyncio.Event().wait()


@contextmanager
def by_own_broker(postgres: EmbeddedPostgres, folder: Path, brokers: LocalKafka) -> Iterator[Town]:
    """A town that asks by this broker."""
    kafka = KafkaSettings(brokers.bootstrap_servers)
    with (
        fresh_databases(postgres, f"broker_{next(_numbers)}") as where,
        connected(where, folder, kafka=kafka) as town,
    ):
        yield town
        assert in_topics(kafka, "population") == []


def test_a_brokers_death_loses_nothing(
    postgres: EmbeddedPostgres, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It dies before a request, and before an answer; who waits too long for it is asked instead, and it is counted."""
    folder = tmp_path_factory.mktemp("brokers")
    with LocalKafka(folder) as brokers, by_own_broker(postgres, tmp_path, brokers) as town:
        brokers.kill(1)
        case = town.submits()
        town.until(case, "evidence_sent")
        with town.asked(**quickly()):
            impatient = town.submits()
            history = town.until(impatient, "evidence_asked_of_applicant")
        assert ended(history) == ("TimedOut", None, True, "TimedOut", True)
        assert town.stage(case) == "AwaitingEvidence"
        brokers.start(1)
        brokers.wait_until_ready()
        goes_on(town, case)

        town.register.switch(later_ms=500)
        other = town.submits()
        town.until(other, "evidence_acknowledged")
        brokers.kill(1)
        brokers.start(1)
        brokers.wait_until_ready()
        town.until(other, "evidence_settled")
        assert town.topics(other).count("evidence_answered") == 1
