"""The window as resources meet it, and a broker for those that are asked by Kafka."""

from collections.abc import Iterator

import pytest

from application.evidence.keys import EvidenceKeys
from tests.evidence.examples import WINDOW, WINDOW_SEALING
from tests.evidence.made_window import MadeWindow
from tests.kafka.conftest import broker

__all__ = ["broker"]


@pytest.fixture
def window() -> Iterator[MadeWindow]:
    """A window with its keys."""
    with MadeWindow(EvidenceKeys(WINDOW, WINDOW_SEALING)) as running:
        yield running
