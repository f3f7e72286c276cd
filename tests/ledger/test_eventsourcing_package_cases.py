"""The `eventsourcing` package's own test cases, run on the ledger.

Its modules are imported as a whole, because pytest would collect any abstract test case that has a name here.
"""

import os
from unittest import TestCase

import pytest
from eventsourcing.persistence import ApplicationRecorder, TrackingRecorder

from ledger.eventsourcing_adapter import LedgerFactory
from tests.ledger.package_cases import application, persistence

MODULE = "ledger.eventsourcing_adapter"


class OnTheLedger(TestCase):
    """Gives the package's test cases a fresh ledger, with settings alone."""

    @pytest.fixture(autouse=True)
    def _settings(self, writer_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PERSISTENCE_MODULE", MODULE)
        monkeypatch.setenv("PENCERE_LEDGER_URL", writer_url)

    def factory(self) -> LedgerFactory:
        factory = LedgerFactory(os.environ)
        self.addCleanup(factory.close)
        return factory


class ApplicationRecorderCase(OnTheLedger, persistence.ApplicationRecorderTestCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory().application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class NonInterleavingCase(OnTheLedger, persistence.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory().application_recorder()


class TrackingRecorderCase(OnTheLedger, persistence.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.factory().tracking_recorder()


class ExampleApplicationCase(OnTheLedger, application.ExampleApplicationTestCase):
    expected_factory_topic = "ledger.eventsourcing_adapter.factory:LedgerFactory"


@pytest.mark.filterwarnings("default::DeprecationWarning")  # one of its tests is about a deprecated name
class ApplicationCase(OnTheLedger, application.ApplicationTestCase):
    pass
