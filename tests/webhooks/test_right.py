"""What an agency has said last counts at once, even while the view of subscriptions stands or is behind."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from consumers.webhooks.settings import WebhookSettings
from tests.webhooks.conftest import InTown
from tests.webhooks.receiver import Receiver, Reply, assert_a_chain
from tests.webhooks.town import HERE, Clock, Town


def test_while_the_view_stands_nothing_goes_to_an_endpoint_that_was_given_up_and_later_all_to_the_new_one(
    in_town: InTown[None], receiver: Receiver
) -> None:
    async def scenario(town: Town) -> None:
        with Receiver() as given_up:
            await town.subscribes(given_up.address())
            await town.lives(2)
            async with town.channel(Clock()) as turns:
                await turns.pass_by(seconds=1)
                before = len(given_up.taken)
                last = max(each.sequence for each in given_up.taken)
                async with town.standing("subscriptions"):
                    await town.moves(receiver.address())
                    await town.lives(2)
                    await turns.pass_by(seconds=1)
                    assert (len(given_up.received), len(receiver.received)) == (before, 0)
                await turns.pass_by(seconds=1)

            assert len(given_up.received) == before
            assert_a_chain(receiver.taken, last)
            assert {each.sequence for each in receiver.taken} == {each.sequence for each in await town.feed(last)}

    in_town(scenario)


@pytest.mark.parametrize("says", [Town.ends, Town.rotates])
def test_while_the_view_stands_nothing_is_sent_for_a_subscription_that_has_changed(
    in_town: InTown[None], receiver: Receiver, says: Callable[[Town], Awaitable[None]]
) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        async with town.channel(Clock()) as turns, town.standing("subscriptions"):
            await says(town)
            await town.lives(2)
            await turns.pass_by(seconds=1)

        assert receiver.received == []

    in_town(scenario)


def test_while_the_view_stands_unchanged_subscriptions_are_delivered(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        begun = await town.begun()
        async with town.channel(Clock()) as turns, town.standing("subscriptions"):
            await town.lives(2)
            await turns.pass_by(seconds=1)

        assert_a_chain(receiver.taken, begun)
        assert len(receiver.taken) == 3

    in_town(scenario)


def test_an_ending_counts_from_the_next_delivery_on(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        loop = asyncio.get_running_loop()

        def end() -> None:
            asyncio.run_coroutine_threadsafe(town.ends(), loop).result(30)

        receiver.replies = lambda _: Reply(before=end)
        await town.subscribes(receiver.address())
        await town.lives(6)
        async with town.channel(Clock(), WebhookSettings(egress=HERE, at_once=1)) as turns:
            assert await turns.channel.turn(await town.delivering()) is None

        assert len(receiver.received) == 1

    in_town(scenario)
