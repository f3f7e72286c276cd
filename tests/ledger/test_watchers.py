"""Watchers of commits are called after them, and a failing watcher changes nobody's answer."""

import asyncio
from collections.abc import Callable

import pytest

from ledger.store.append import AppendCoordinator
from ledger.store.batch import Append
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_stream


def _fails(*_: object) -> None:
    raise RuntimeError("a watcher's own fault")


@pytest.mark.parametrize("watcher", ["on_append", "observe"])
def test_a_watcher_that_fails_takes_nobodys_answer_and_no_other_watchers_news(
    writer_url: str, owner_url: str, caplog: pytest.LogCaptureFixture, watcher: str
) -> None:
    """If the caller got the watcher's error, it would not learn that its events are committed."""
    told: list[object] = []
    watchers: dict[str, Callable[..., None]] = {
        "on_append": told.append,
        "observe": lambda requests, _: told.append(requests),
        watcher: _fails,
    }

    async def scenario() -> list[int]:
        coordinator = AppendCoordinator(writer_url, on_append=watchers["on_append"], observe=watchers["observe"])
        requests = [Append([new_event(new_stream(), 1)], None, uniqueness_only=False) for _ in range(8)]
        answers = await asyncio.gather(*[coordinator.append(request) for request in requests])
        await coordinator.close()
        return [answer.position for answer in answers]

    assert asyncio.run(scenario()) == list(range(1, 9))
    assert told == [8]
    assert "a watcher's own fault" in caplog.text
    assert check_ledger(owner_url) == 8
