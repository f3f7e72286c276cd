"""Group commit without a database: which requests share a batch, and which answer each gets."""

import asyncio
from collections.abc import Sequence

import pytest

from ledger.postgresql.group_commit import Gatherer
from ledger.refusals import LedgerBusyError, LedgerClosedError, LedgerUnavailableError


class Table:
    """The other side of a gatherer: it remembers each batch, and answers when the test allows it."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def answer(self, batch: Sequence[str]) -> Sequence[str | Exception]:
        self.batches.append(list(batch))
        await self.open.wait()
        if "all fail" in batch:
            raise ConnectionError("all of them")
        if "away" in batch:
            raise LedgerUnavailableError("away")
        return [LookupError(question) if question == "fails" else question.upper() for question in batch]


def _first_letter(question: str) -> tuple[str, ...]:
    return (question[0],)


def test_what_comes_while_a_batch_is_under_way_goes_together_in_the_next() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer)
        table.open.clear()
        first = asyncio.create_task(gatherer.ask("a"))
        await _turns()
        others = [asyncio.create_task(gatherer.ask(letter)) for letter in "bcd"]
        await _turns()
        table.open.set()

        assert await asyncio.gather(first, *others) == ["A", "B", "C", "D"]
        assert table.batches == [["a"], ["b", "c", "d"]]

    asyncio.run(scenario())


def test_a_batch_has_its_most_and_its_heaviest() -> None:
    async def scenario() -> None:
        table = Table()
        most = Gatherer[str, str](table.answer, most=2)
        await asyncio.gather(*[most.ask(letter) for letter in "abcde"])
        heaviest = Gatherer[str, str](table.answer, heaviest=4, weigh=len)
        await asyncio.gather(*[heaviest.ask(word) for word in ("xx", "yyyyyyy", "z", "w")])

        assert table.batches == [["a", "b"], ["c", "d"], ["e"], ["xx", "yyyyyyy"], ["z", "w"]]

    asyncio.run(scenario())


def test_questions_that_touch_the_same_go_one_after_the_other_in_their_order() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer, touches=_first_letter)

        await asyncio.gather(*[gatherer.ask(word) for word in ("a1", "b1", "a2", "c1", "a3", "b2")])

        assert table.batches == [["a1", "b1", "c1"], ["a2", "b2"], ["a3"]]

    asyncio.run(scenario())


def test_a_question_does_not_overtake_one_that_is_held_back() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer, touches=lambda word: word)

        await asyncio.gather(*[gatherer.ask(word) for word in ("a", "ab", "b", "c")])

        assert table.batches == [["a", "c"], ["ab"], ["b"]]

    asyncio.run(scenario())


def test_an_error_is_its_askers_and_an_error_of_the_batch_is_everybodys() -> None:
    async def scenario() -> None:
        gatherer = Gatherer[str, str](Table().answer)

        one = await asyncio.gather(*[gatherer.ask(word) for word in ("a", "fails", "b")], return_exceptions=True)
        every = await asyncio.gather(*[gatherer.ask(word) for word in ("a", "all fail")], return_exceptions=True)
        after = await gatherer.ask("goes on")

        assert [one[0], one[2], after] == ["A", "B", "GOES ON"]
        assert isinstance(one[1], LookupError)
        assert all(isinstance(answer, ConnectionError) for answer in every)

    asyncio.run(scenario())


def test_an_asker_that_has_gone_disturbs_nobody() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer)
        table.open.clear()
        sent, other = asyncio.create_task(gatherer.ask("sent")), asyncio.create_task(gatherer.ask("other"))
        await _turns()
        waiting, last = asyncio.create_task(gatherer.ask("waiting")), asyncio.create_task(gatherer.ask("last"))
        await _turns()
        sent.cancel()
        waiting.cancel()
        table.open.set()

        assert [await other, await last] == ["OTHER", "LAST"]
        assert table.batches == [["sent", "other"], ["last"]], "what was not sent yet is not sent any more"

    asyncio.run(scenario())


def test_one_more_than_may_wait_is_refused_at_once() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer, most_waiting=3)
        table.open.clear()
        accepted = [asyncio.create_task(gatherer.ask("under way"))]
        await _turns()
        accepted += [asyncio.create_task(gatherer.ask(letter)) for letter in "abc"]
        await _turns()
        for _ in range(1000):
            with pytest.raises(LedgerBusyError) as refused:
                await gatherer.ask("too many")
        table.open.set()

        assert await asyncio.gather(*accepted) == ["UNDER WAY", "A", "B", "C"]
        assert refused.value.retry_after > 0
        assert await gatherer.ask("again") == "AGAIN"

    asyncio.run(scenario())


def test_what_waits_is_limited_by_weight_too() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer, heaviest_waiting=10, weigh=len)
        for _ in range(3):  # requests that were answered or given up no longer count
            table.open.clear()
            under_way = asyncio.create_task(gatherer.ask("u" * 50))
            await _turns()
            accepted = [asyncio.create_task(gatherer.ask("x" * 6)) for _ in range(2)]
            await _turns()
            with pytest.raises(LedgerBusyError):
                await gatherer.ask("y")
            accepted.pop().cancel()
            table.open.set()
            await asyncio.gather(under_way, *accepted)

        assert await gatherer.ask("light") == "LIGHT"

    asyncio.run(scenario())


def test_a_question_that_no_name_can_be_found_for_fails_alone() -> None:
    def names(question: str) -> list[list[str]]:
        return [[]] if question == "no name" else []

    async def scenario() -> None:
        gatherer = Gatherer[str, str](Table().answer, touches=names)  # type: ignore[arg-type] # the tested mistake

        one, bad, two = await asyncio.wait_for(
            asyncio.gather(*[gatherer.ask(word) for word in ("a", "no name", "b")], return_exceptions=True), 5
        )

        assert [one, two] == ["A", "B"]
        assert isinstance(bad, TypeError)

    asyncio.run(scenario())


def test_when_the_other_side_is_away_whoever_waits_is_told_too() -> None:
    """Otherwise each would wait as long again, batch after batch."""

    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer, most=1, heaviest_waiting=7, weigh=len)
        for _ in range(3):  # answered requests no longer count
            asked = [asyncio.create_task(gatherer.ask(word)) for word in ("away", "b", "c", "d")]
            answers = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(answer) for answer in answers] == [LedgerUnavailableError] * 4

        assert table.batches == [["away"]] * 3
        assert await gatherer.ask("again") == "AGAIN"

    asyncio.run(scenario())


def test_whoever_has_gone_holds_no_place() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer, most_waiting=2)
        table.open.clear()
        under_way = asyncio.create_task(gatherer.ask("under way"))
        await _turns()
        gone = [asyncio.create_task(gatherer.ask(letter)) for letter in "ab"]
        await _turns()
        gone[0].cancel()
        await _turns()
        instead = asyncio.create_task(gatherer.ask("instead"))
        await _turns()
        with pytest.raises(LedgerBusyError):
            await gatherer.ask("too many")
        table.open.set()

        assert [await under_way, await gone[1], await instead] == ["UNDER WAY", "B", "INSTEAD"]

    asyncio.run(scenario())


def test_closing_waits_for_every_answer() -> None:
    async def scenario() -> None:
        gatherer = Gatherer[str, str](Table().answer, most=1)
        asked = [asyncio.create_task(gatherer.ask(letter)) for letter in "abc"]
        await _turns()

        await gatherer.close()

        assert [task.done() for task in asked] == [True] * 3
        await asyncio.gather(*asked)

    asyncio.run(scenario())


def test_a_close_that_is_given_up_takes_nobodys_answer() -> None:
    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer, most=1)
        table.open.clear()
        asked = [asyncio.create_task(gatherer.ask(letter)) for letter in "ab"]
        await _turns()
        closing = asyncio.create_task(gatherer.close())
        await _turns()
        closing.cancel()
        await _turns()
        table.open.set()

        assert await asyncio.wait_for(asyncio.gather(*asked), 5) == ["A", "B"]
        await gatherer.close()

    asyncio.run(scenario())


def test_after_the_close_nothing_may_be_asked_any_more() -> None:
    """So a close ends although somebody goes on asking, and leaves nothing behind."""

    async def scenario() -> None:
        table = Table()
        gatherer = Gatherer[str, str](table.answer)

        async def ask_for_ever() -> None:
            while True:
                await gatherer.ask("more")

        asking = asyncio.create_task(ask_for_ever())
        await _turns()
        await asyncio.wait_for(gatherer.close(), 5)
        with pytest.raises(LedgerClosedError):
            await asking
        sent = len(table.batches)
        with pytest.raises(LedgerClosedError):
            await gatherer.ask("too late")

        assert len(table.batches) == sent

    asyncio.run(scenario())


async def _turns() -> None:
    """Let every task go on until it waits."""
    for _ in range(5):
        await asyncio.sleep(0)
