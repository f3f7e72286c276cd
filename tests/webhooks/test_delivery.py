"""An endpoint gets events as they are stored, numbered and signed; all of them, in order per case."""

from datetime import UTC, datetime, timedelta
from threading import Barrier

import orjson
import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from application.subscriptions.reading import Secrets, read_secrets
from consumers.webhooks.settings import WebhookSettings
from tests.webhooks.conftest import InTown
from tests.webhooks.receiver import Received, Receiver, Reply, assert_a_chain, assert_in_order_per_case
from tests.webhooks.town import HERE, SYSTEM, Clock, Town


def verified(received: Received, secret: str) -> object:
    """Return what a library that we did not write makes of a request."""
    return Webhook(secret).verify(received.body, dict(received.headers))


def test_a_delivery_is_the_event_signed_as_standard_webhooks_want_it(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        await town.lives(3)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)
        secrets = await read_secrets(town.window, SYSTEM, "hook")

        assert secrets.current.secret.startswith("whsec_")
        assert len(receiver.taken) == 5
        feed = {each.sequence: each for each in await town.feed()}
        for received in receiver.taken:
            event = verified(received, secrets.current.secret)
            assert event == received.event
            assert received.headers["webhook-id"] == received.event["id"]
            assert received.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
            stored = feed[received.sequence].entry
            assert received.body.endswith(b'"data":' + stored.open + b"}")
            assert (received.event["type"], received.event["position"]) == (stored.topic, stored.position)
            assert stored.sealed == b"" or stored.sealed not in received.body
        assert_a_chain(receiver.taken, await town.begun())

    in_town(scenario)


def test_nobody_elses_secret_verifies_and_no_changed_byte(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        await town.subscribes(receiver.address(), "other")
        await town.lives(1)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)
        own, other = [await read_secrets(town.window, SYSTEM, name) for name in ("hook", "other")]
        received = receiver.taken[0]

        assert verified(received, own.current.secret)
        with pytest.raises(WebhookVerificationError):
            verified(received, other.current.secret)
        with pytest.raises(WebhookVerificationError):
            verified(received._replace(body=received.body.replace(b"0", b"1", 1)), own.current.secret)

    in_town(scenario)


def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_the_new_one(
    in_town: InTown[None], receiver: Receiver
) -> None:
    async def scenario(town: Town) -> None:
        clock = Clock()
        await town.subscribes(receiver.address())
        old = await read_secrets(town.window, SYSTEM, "hook")
        await town.rotates()
        new = await read_secrets(town.window, SYSTEM, "hook")
        assert old.previous is None
        assert new.previous == old.current
        assert new.current.secret != old.current.secret
        async with town.channel(clock) as turns:
            await turns.pass_by(seconds=1)
            (rotation,) = receiver.taken
            assert verified(rotation, old.current.secret) == verified(rotation, new.current.secret)
            await turns.pass_by(hours=25)
            await town.lives(1)
            await turns.pass_by(seconds=1)

        later = receiver.taken[-1]
        assert len(later.headers["webhook-signature"].split()) == 1
        assert signs(new, later)
        assert not signs(old, later)

    in_town(scenario)


def signs(secrets: Secrets, received: Received) -> bool:
    """Return whether the signature is by the current secret at the request's time, according to the library."""
    at = datetime.fromtimestamp(int(received.headers["webhook-timestamp"]), UTC)
    signature = Webhook(secrets.current.secret).sign(received.headers["webhook-id"], at, received.body.decode())
    return signature in received.headers["webhook-signature"].split()


def test_a_subscriptions_filter_rules_what_is_sent_and_the_chain_tells_that_nothing_is_missing(
    in_town: InTown[None], receiver: Receiver
) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address(), topics=("case.withdrawn",), services=("permit",))
        await town.lives(6)
        await town.lives(4, service="licence")
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)
        wanted = await town.feed(topics=["case.withdrawn"], services=["permit"])

        assert [each.event["id"] for each in sorted(receiver.taken, key=lambda each: each.sequence)] == [
            f"{each.entry.stream}:{each.entry.version}" for each in wanted
        ]
        assert len(wanted) == 3
        assert_a_chain(receiver.taken, 0)

    in_town(scenario)


def test_it_begins_after_the_grant_or_after_the_endpoint_was_given(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        await town.lives(3)
        await town.subscribes(None)
        await town.lives(3)
        await town.moves(receiver.address())
        (given,) = await town.feed(topics=["subscription.endpoint_changed"])
        await town.lives(2)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)

        assert sorted(each.sequence for each in receiver.taken) == [
            each.sequence for each in await town.feed(given.sequence)
        ]
        assert_a_chain(receiver.taken, given.sequence)

    in_town(scenario)


def test_what_happened_while_there_was_no_endpoint_is_not_forgotten(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        begun = await town.begun()
        await town.lives(2)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)
            await town.moves(None)
            await town.lives(2)
            await town.moves(receiver.address())
            await turns.pass_by(seconds=1)

        assert [each.sequence for each in sorted(receiver.taken, key=lambda each: each.sequence)] == [
            each.sequence for each in await town.feed(begun)
        ]
        assert_a_chain(receiver.taken, begun)

    in_town(scenario)


@pytest.mark.parametrize("down", [timedelta(hours=1), timedelta(days=4)], ids=str)
def test_after_an_endpoint_was_down_nothing_is_lost_and_each_case_is_in_order(
    in_town: InTown[None], receiver: Receiver, down: timedelta
) -> None:
    async def scenario(town: Town) -> None:
        clock = Clock()
        comes_back = clock.at + down
        receiver.replies = lambda _: Reply(204 if clock.at >= comes_back else 500)
        await town.subscribes(receiver.address())
        begun = await town.begun()
        async with town.channel(clock) as turns:
            for _ in range(4):
                await town.lives(12)
                await turns.until(clock.at + down / 4)
            told = (await town.told()).webhook
            assert told is not None
            assert told.failing_since is not None
            assert (told.disabled_at, told.last_failure) == (None, "answered 500")
            tries = turns.tries
            await turns.pass_by(hours=2)
            told = (await town.told()).webhook
            assert told is not None
            assert (told.failing_since, told.next_try, told.failures) == (None, None, 0)

        assert tries < 20 + down / timedelta(hours=1), "it was tried again after ever longer pauses"
        once = receiver.once_each()
        assert sorted(each.sequence for each in once) == [each.sequence for each in await town.feed(begun)]
        assert_in_order_per_case(once)
        assert_a_chain(once, begun)

    in_town(scenario)


def test_a_case_is_in_order_though_its_first_event_fails_and_others_do_not(
    in_town: InTown[None], receiver: Receiver
) -> None:
    failed: set[str] = set()

    def each_fails_once(received: Received) -> Reply:
        """Refuse every third event at its first delivery."""
        if received.sequence % 3 == 0 and received.event["id"] not in failed:
            failed.add(received.event["id"])
            return Reply(500)
        return Reply()

    async def scenario(town: Town) -> None:
        receiver.replies = each_fails_once
        await town.subscribes(receiver.address())
        begun = await town.begun()
        await town.lives(30)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(days=1)

        assert failed
        assert sorted(each.sequence for each in receiver.taken) == [each.sequence for each in await town.feed(begun)]
        assert_in_order_per_case(receiver.taken)

    in_town(scenario)


def test_one_that_never_comes_back_is_disabled_and_replayed_from_where_the_agency_says(
    in_town: InTown[None], receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(town: Town) -> None:
        clock = Clock()
        receiver.replies = lambda _: Reply(500)
        await town.subscribes(receiver.address())
        begun = await town.begun()
        await town.lives(5)
        async with town.channel(clock) as turns:
            await turns.pass_by(days=30)
            told = (await town.told()).webhook
            assert told is not None
            assert told.disabled_at is not None
            assert told.failing_since is not None
            assert timedelta(days=5) <= told.disabled_at - told.failing_since < timedelta(days=5, hours=1)
            assert "the webhook of hook is disabled: its endpoint answered 500" in caplog.text
            receiver.replies = lambda _: Reply()
            tries = len(receiver.received)
            await town.lives(5)
            await turns.pass_by(days=30)
            assert len(receiver.received) == tries, "nothing is sent to a webhook that is disabled"
            await town.replays(begun + 2)
            await turns.pass_by(seconds=1)
            assert sorted(each.sequence for each in receiver.taken) == [
                each.sequence for each in await town.feed(begun + 2)
            ]
            assert_a_chain(receiver.taken, begun + 2)
            await town.replays(0)
            await turns.pass_by(seconds=1)

        again = receiver.taken[-len(await town.feed()) :]
        assert sorted(each.sequence for each in again) == [each.sequence for each in await town.feed()]
        assert_a_chain(again, 0)

    in_town(scenario)


def test_another_endpoint_enables_a_disabled_webhook_and_it_goes_on_where_it_was(
    in_town: InTown[None], receiver: Receiver
) -> None:
    async def scenario(town: Town) -> None:
        with Receiver(replies=lambda _: Reply(410)) as gone:
            await town.subscribes(gone.address())
            begun = await town.begun()
            await town.lives(5)
            async with town.channel(Clock()) as turns:
                await turns.pass_by(seconds=1)
                told = (await town.told()).webhook
                assert told is not None
                assert told.disabled_at is not None, "410 Gone disables at once"
                assert (told.last_failure, told.failures) == ("answered 410 Gone", 1)
                await town.moves(receiver.address())
                await turns.pass_by(seconds=1)

            assert_a_chain(receiver.taken, begun)
            assert sorted(each.sequence for each in receiver.taken) == [
                each.sequence for each in await town.feed(begun)
            ]

    in_town(scenario)


@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_that_asks_for_patience_gets_it(in_town: InTown[None], receiver: Receiver, status: int) -> None:
    async def scenario(town: Town) -> None:
        clock = Clock()
        begun = clock.at
        receiver.replies = lambda _: Reply(status, {"Retry-After": "1800"}) if clock.at == begun else Reply()
        await town.subscribes(receiver.address(), topics=("case.submitted",))
        await town.lives(1)
        async with town.channel(clock) as turns:
            await turns.pass_by(minutes=29)
            assert len(receiver.received) == 1
            await turns.pass_by(minutes=2)

        assert [each.answered for each in receiver.received] == [status, 204]

    in_town(scenario)


def test_what_was_delivered_is_kept_and_another_process_goes_on_after_it(
    in_town: InTown[None], receiver: Receiver
) -> None:
    async def first(town: Town) -> None:
        await town.subscribes(receiver.address())
        await town.lives(10)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)

    async def second(town: Town) -> None:
        begun = await town.begun()
        before = len(receiver.received)
        await town.lives(2)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)

        assert len(receiver.received) == before + 3
        assert_a_chain(receiver.received, begun)

    in_town(first)
    in_town(second)


def test_several_cases_are_under_way_at_a_time_and_never_two_events_of_one(
    in_town: InTown[None], receiver: Receiver
) -> None:
    together = Barrier(4)
    under_way: set[str] = set()

    def reply(received: Received) -> Reply:
        subject = received.event["subject"]
        assert subject not in under_way
        under_way.add(subject)

        def wait() -> None:
            if received.event["type"] == "case.submitted":
                together.wait(10)
            under_way.discard(subject)

        return Reply(before=wait)

    async def scenario(town: Town) -> None:
        receiver.replies = reply
        await town.subscribes(receiver.address(), topics=("case.submitted", "case.withdrawn"))
        await town.lives(8)
        async with town.channel(Clock(), WebhookSettings(egress=HERE, at_once=4)) as turns:
            await turns.pass_by(seconds=1)

        assert len(receiver.taken) == 12
        assert {each.answered for each in receiver.received} == {204}

    in_town(scenario)


def test_the_standing_tells_nothing_that_the_endpoint_said(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        receiver.replies = lambda _: Reply(500, {"X-Secret": "word"}, b"a secret of the endpoint's")
        await town.subscribes(receiver.address())
        await town.lives(1)
        async with town.channel(Clock()) as turns:
            await turns.pass_by(seconds=1)
        told = (await town.told()).webhook
        assert told is not None

        assert told.last_failure == "answered 500"
        assert b"secret" not in orjson.dumps(told.model_dump(mode="json"))

    in_town(scenario)
