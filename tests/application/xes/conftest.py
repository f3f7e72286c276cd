"""Helpers for tests with small logs."""

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from application.xes import BadTrace, Trace, read_traces


@pytest.fixture
def zone() -> tzinfo:
    """The zone of times without an offset."""
    return ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def log_file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Put a whole document on disk."""

    def put(document: str | bytes) -> Path:
        path = tmp_path / "a.xes"
        path.write_bytes(document.encode() if isinstance(document, str) else document)
        return path

    return put


@pytest.fixture
def traces_of(log_file: Callable[[str | bytes], Path], zone: tzinfo) -> Callable[[str | bytes], list[Trace]]:
    """Read a whole document in which nothing is bad."""

    def read(document: str | bytes) -> list[Trace]:
        return [trace for trace in read_traces(log_file(document), zone=zone) if isinstance(trace, Trace)]

    return read


@pytest.fixture
def parts_of(log_file: Callable[[str | bytes], Path], zone: tzinfo) -> Callable[[str | bytes], list[Trace | BadTrace]]:
    """Read a whole document, bad parts and all."""

    def read(document: str | bytes) -> list[Trace | BadTrace]:
        return list(read_traces(log_file(document), zone=zone, skip_bad=True))

    return read
