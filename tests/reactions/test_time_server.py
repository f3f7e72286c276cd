"""A time server, where one is set, outweighs the elapsed time; one that is away or talks nonsense counts for naught."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from application.settings import SettingsError
from consumers.legal_time import LegalTime
from consumers.time_server import TimeServer, said_by
from domain.values import micros_at
from ledger.channels.reactions import ReactionPositions
from tests.reactions.conftest import InTown, Town, until
from tests.reactions.two_clocks import (
    DAY,
    Sky,
    Watched,
    answer,
    answered,
    is_granted,
    noon,
    serving_time,
    silent_case,
    watched,
)

NOW = datetime(2026, 12, 1, 9, 30, 15, 250_000, tzinfo=UTC)
QUESTION = bytes([0x23]) + bytes(39) + b"question"
NONSENSE: dict[str, Callable[[bytes], bytes]] = {
    "too short": lambda asked: answer(asked, NOW)[:47],
    "nothing": lambda _: b"",
    "of a client": lambda asked: answer(asked, NOW, first=0x23),
    "a broadcast": lambda asked: answer(asked, NOW, first=0x25),
    "not synchronised": lambda asked: answer(asked, NOW, first=0xE4),
    "a kiss of death": lambda asked: answer(asked, NOW, stratum=0),
    "too far from any clock": lambda asked: answer(asked, NOW, stratum=16),
    "to another question": lambda asked: answer(asked, NOW, asked=b"another!"),
    "before there was a window": lambda asked: answer(asked, datetime(1999, 12, 31, tzinfo=UTC)),
    "no time": lambda asked: answer(asked, NOW)[:40] + bytes(8),
    "gone before it came": lambda asked: answer(asked, NOW)[:40] + answer(asked, NOW - DAY)[40:],
}


async def granted(town: Town, case: UUID) -> None:
    """Return when silence has granted it."""
    await until(lambda: is_granted(town, case))


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_an_answer_that_makes_no_sense_is_none(nonsense: str) -> None:
    assert said_by(answer(QUESTION, NOW), QUESTION[40:]) == micros_at(NOW)
    assert said_by(NONSENSE[nonsense](QUESTION), QUESTION[40:]) is None


def test_the_seconds_begin_again_in_2036() -> None:
    for year in (2036, 2037, 2100):
        then = datetime(year, 3, 1, tzinfo=UTC)
        assert said_by(answer(QUESTION, then), QUESTION[40:]) == micros_at(then)


def test_what_nobody_asked_for_is_passed_over_and_the_answer_after_it_counts() -> None:
    async def scenario() -> None:
        async with serving_time(lambda asked: answer(asked, NOW)) as server:
            assert await server.ask() == micros_at(NOW)
        asked_before: list[bytes] = []

        def at_first_nonsense(question: bytes) -> bytes:
            asked_before.append(question)
            return NONSENSE["to another question"](question)

        async with serving_time(at_first_nonsense) as server:
            assert await server.ask(0.05) is None
            assert await server.ask(0.05) is None
        assert len({question[40:] for question in asked_before}) == 2, "each question is another one"

    asyncio.run(scenario())


def test_silence_a_closed_port_and_an_unknown_name_are_no_answer() -> None:
    async def scenario() -> None:
        async with serving_time(lambda _: None) as silent:
            assert await silent.ask(0.05) is None
        assert await silent.ask() is None, "nobody listens there now"
        assert await TimeServer("nowhere.invalid").ask() is None

    asyncio.run(scenario())


def test_a_server_that_agrees_lets_time_go_on_though_the_elapsed_time_disagrees(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last))
        async with serving_time(lambda asked: answer(asked, town.clock.at)) as sky.server, watched(sky) as host:
            assert not await is_granted(town, case)
            sky.jumps(DAY)  # the machine was paused for a day, and what elapsed meanwhile was not counted
            sky.passes(timedelta(seconds=20))  # it is asked again
            await granted(town, case)
            await until(lambda: _shows_no_difference(host))  # the anchor was renewed

    in_town(scenario)


def test_a_server_that_disagrees_stops_time_though_the_elapsed_time_agrees(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last + DAY))
        behind = DAY
        async with (
            serving_time(lambda asked: answer(asked, town.clock.at - behind)) as sky.server,
            watched(sky) as host,
        ):
            says = "the machine's clock is 1 day, 0:00:00 ahead of the time server"
            assert (await host.looks()).stands_still == says
            assert not await is_granted(town, case)
            positions = ReactionPositions(town.where.projector)
            legal = LegalTime(positions.time, sky.sources)
            assert (await legal.accept()).why == says, "nor can an operator accept it"
            assert (await positions.time.kept(sky.boot)).anchor is None
            await positions.close()
            behind = timedelta()
            sky.passes(timedelta(seconds=20))
            await granted(town, case)

    in_town(scenario)


def test_while_a_server_is_away_the_other_sources_decide_and_health_says_so(
    in_town: InTown[None], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.time_server.TimeServer.ask", _sooner(TimeServer.ask))

    async def scenario(town: Town) -> None:
        case, last = await silent_case(town)
        sky = Sky(town)
        sky.passes_until(noon(last))
        is_away = True

        def answering(asked: bytes) -> bytes | None:
            return None if is_away else answer(asked, town.clock.at)

        async with serving_time(answering) as sky.server, watched(sky) as host:
            shown = await host.looks()
            assert (shown.stands_still, shown.server, shown.server_is_away) == (None, None, True)
            assert (await answered(town, "/health/ready")).json()["timeServerAway"] is True
            assert "pencere_time_server_away 1.0" in (await answered(town, "/metrics")).text
            sky.jumps(DAY)
            assert "ahead of the time that has elapsed" in str((await host.looks()).stands_still)
            assert not await is_granted(town, case)
            sky.jumps(-DAY)
            sky.passes(DAY)
            await granted(town, case)
            is_away = False
            sky.passes(timedelta(seconds=20))
            await until(lambda: _answers_again(town))

    in_town(scenario)
    told = [record.message for record in caplog.records if "time server 127.0.0.1" in record.message]
    assert [line.partition(" ")[2].split(":")[0] for line in told] == ["time server 127.0.0.1"] * 2
    assert "does not answer" in told[0]
    assert "answers again" in told[1]


def test_a_server_is_asked_no_more_often_than_it_allows(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        sky, asked = Sky(town), 0

        def answering(question: bytes) -> bytes:
            nonlocal asked
            asked += 1
            return answer(question, town.clock.at)

        async with serving_time(answering) as sky.server, watched(sky) as host:
            for _ in range(4):
                await host.looks()
                sky.passes(timedelta(seconds=4))
            assert asked == 1
            sky.passes(timedelta(seconds=4))
            await host.looks()
            assert asked == 2

    in_town(scenario)


@pytest.mark.parametrize("given", ["::1", "time:", "time:0", "time:99999", "ntp://time", "a b", "time/x", "u@time"])
def test_a_setting_that_names_no_server_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="PENCERE_TIME_SERVER is HOST or HOST:PORT"):
        TimeServer.read({"PENCERE_TIME_SERVER": given})


def test_a_server_is_a_name_or_an_address_with_or_without_a_port() -> None:
    read = {given: TimeServer.read({"PENCERE_TIME_SERVER": given}) for given in ("ntp.town.az", "10.0.0.7:1123")}

    assert read == {"ntp.town.az": TimeServer("ntp.town.az", 123), "10.0.0.7:1123": TimeServer("10.0.0.7", 1123)}
    assert TimeServer.read({"PENCERE_TIME_SERVER": "[::1]:5"}) == TimeServer("::1", 5)
    assert str(TimeServer("::1", 5)) == "[::1]:5"
    assert TimeServer.read({}) is None


async def _shows_no_difference(host: Watched) -> bool:
    return (await host.looks()).elapsed == 0


async def _answers_again(town: Town) -> bool:
    shown = await town.views.positions.time()
    return shown is not None and shown.server == 0 and shown.server_is_away is False


def _sooner(ask: Callable[..., object]) -> Callable[[TimeServer], object]:
    """Wait for less time: the server of this test is near, or silent."""
    return lambda server: ask(server, 0.2)
