"""Plain applications and projections of the `eventsourcing` package run on the ledger with settings alone."""

from collections.abc import Iterator, Mapping
from uuid import UUID

import psycopg
import pytest
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import InfrastructureFactoryError, IntegrityError
from eventsourcing.projection import ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.conninfo import conninfo_to_dict

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.eventsourcing_adapter import LedgerFactory, LedgerRecorder
from tests.ledger.shop import Basket, CountItems, Items, KeepUp, Kept, Library, Loan, Shop

PATIENCE = 20


@pytest.fixture
def settings(writer_url: str) -> Mapping[str, str]:
    return {"PERSISTENCE_MODULE": "ledger.eventsourcing_adapter", "PENCERE_LEDGER_URL": writer_url}


def filled(*items: str) -> Basket:
    basket = Basket("Leyla")
    for item in items:
        basket.fill(item)
    return basket


def test_what_a_plain_application_saves_is_there_after_a_restart(settings: Mapping[str, str]) -> None:
    basket = filled("tea", "bread", "salt")
    with Shop(env=settings) as shop:
        positions = [recording.notification.id for recording in shop.save(basket)]
        assert isinstance(shop.recorder, LedgerRecorder)
    with Shop(env=settings) as shop:
        loaded: Basket = shop.repository.get(basket.id)
        with pytest.raises(AggregateNotFoundError):
            shop.repository.get(Basket("Nigar").id)
        earlier: Basket = shop.repository.get(basket.id, version=2)

    assert positions == [1, 2, 3, 4]
    assert (loaded.items, earlier.items) == (["tea", "bread", "salt"], ["tea"])


def test_an_aggregate_that_was_saved_twice_at_one_version_conflicts(settings: Mapping[str, str]) -> None:
    with Shop(env=settings) as shop, Shop(env=settings) as other:
        basket = filled("tea")
        shop.save(basket)
        here: Basket = shop.repository.get(basket.id)
        there: Basket = other.repository.get(basket.id)
        here.fill("bread")
        there.fill("salt")
        there.fill("sugar")
        shop.save(here)

        with pytest.raises(IntegrityError):
            other.save(there)
        kept: Basket = other.repository.get(basket.id)
        assert kept.items == ["tea", "bread"]


def test_snapshots_are_taken_and_are_no_events_of_the_ledger(settings: Mapping[str, str]) -> None:
    with Shop(env=settings) as shop:
        basket = filled("tea", "bread", "salt", "sugar", "rice")
        shop.save(basket)
        assert shop.snapshots is not None
        snapshots = list(shop.snapshots.get(basket.id))
        loaded: Basket = shop.repository.get(basket.id)

        assert [snapshot.originator_version for snapshot in snapshots] == [3, 6]
        assert loaded.items == basket.items
        assert shop.recorder.max_notification_id() == 6


def test_a_plain_projection_follows_a_plain_application(settings: Mapping[str, str]) -> None:
    with ProjectionRunner(
        application_class=Shop, projection_class=CountItems, view_class=Items, env=settings
    ) as runner:
        for items in (("tea", "bread"), ("tea",)):
            recordings = runner.app.save(filled(*items))
            runner.wait(recordings[-1].notification.id, PATIENCE)

        assert runner.view.counted == {"tea": 2, "bread": 1}


def test_two_applications_in_one_ledger_share_its_log_and_nothing_else(settings: Mapping[str, str]) -> None:
    with (
        Library(env=settings) as library,
        ProjectionRunner(application_class=Shop, projection_class=CountItems, view_class=Items, env=settings) as runner,
    ):
        shop, loan, basket = runner.app, Loan("Ali and Nino"), filled("tea")
        library.save(loan)
        shop.save(basket)
        basket.fill("bread")
        library.save(Loan("Leyli and Majnun"))
        last = shop.save(basket)[-1].notification.id
        runner.wait(last, PATIENCE)
        lent: Loan = library.repository.get(loan.id)
        bought: Basket = shop.repository.get(basket.id)
        topics = [one.topic for one in library.notification_log.select(1, 10)]

        assert (lent.book, bought.items) == ("Ali and Nino", ["tea", "bread"])
        assert runner.view.counted == {"tea": 1, "bread": 1}
        opened, lending, filling = get_topic(Basket.Opened), get_topic(Loan.Lent), get_topic(Basket.Filled)
        assert topics == [lending, opened, filling, lending, filling]
        assert [one.topic for one in shop.notification_log.select(1, 10)] == topics


@pytest.fixture
def database_of_ones_own(postgres: EmbeddedPostgres, ledger_database: str) -> Iterator[Mapping[str, str]]:
    """The package's settings for a database that is no ledger."""
    name = f"{ledger_database}_view"
    admin_url = postgres.ledger_url(ADMIN, "postgres")
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        account = conninfo_to_dict(admin_url)
        yield {
            "POSTGRES_DBNAME": name,
            "POSTGRES_HOST": str(account["host"]),
            "POSTGRES_USER": ADMIN,
            "POSTGRES_PASSWORD": str(account["password"]),
        }
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_a_reader_keeps_a_view_in_a_database_of_their_own(
    settings: Mapping[str, str],
    postgres: EmbeddedPostgres,
    ledger_database: str,
    database_of_ones_own: Mapping[str, str],
) -> None:
    reading = {
        **settings,
        **database_of_ones_own,
        "PENCERE_LEDGER_URL": postgres.ledger_url("pencere_reader", ledger_database),
        "KEEPUP_PERSISTENCE_MODULE": "eventsourcing.postgres",
    }
    seen = []
    with Shop(env=settings) as shop:
        for _ in range(2):
            last = shop.save(filled("tea"))[-1].notification.id
            with ProjectionRunner(
                application_class=Shop, projection_class=KeepUp, view_class=Kept, env=reading
            ) as runner:
                runner.wait(last, PATIENCE)
                assert isinstance(runner.projection, KeepUp)
                seen.append(runner.projection.seen)
            runner.view.datastore.close()

    assert seen == [[1, 2], [3, 4]]


def test_a_view_with_tables_is_told_which_setting_it_lacks(settings: Mapping[str, str]) -> None:
    with pytest.raises(InfrastructureFactoryError, match="KEEPUP_PERSISTENCE_MODULE"):
        ProjectionRunner(application_class=Shop, projection_class=KeepUp, view_class=Kept, env=settings)


def test_an_application_is_told_when_nothing_says_where_the_ledger_is() -> None:
    with pytest.raises(InfrastructureFactoryError, match="SHOP_PENCERE_LEDGER_URL or PENCERE_LEDGER_URL"):
        Shop(env={"PERSISTENCE_MODULE": "ledger.eventsourcing_adapter"})


def test_each_application_may_have_a_ledger_of_its_own_by_its_name(settings: Mapping[str, str]) -> None:
    named = {"SHOP_PENCERE_LEDGER_URL": settings["PENCERE_LEDGER_URL"], "PENCERE_LEDGER_URL": "host=/nowhere"}
    with Shop(env={**settings, **named}) as shop:
        assert shop.save(filled("tea"))


def test_events_and_tracking_in_one_transaction_are_refused(settings: Mapping[str, str]) -> None:
    with pytest.raises(InfrastructureFactoryError):
        LedgerFactory(settings).process_recorder()


def test_an_aggregate_recorder_for_events_is_the_ledger(settings: Mapping[str, str]) -> None:
    with Application[UUID](env=settings) as app:
        assert isinstance(app.factory.aggregate_recorder(), LedgerRecorder)
