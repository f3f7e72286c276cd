"""Makes and sends what cases ask of resources; of all processes that run it, one does so at a time.

Three steps, each of which may be the last before a crash: the message is kept, the case says that it was sent, it is
sent. Whoever comes next finds the kept message and sends the same bytes, and the resource answers them the same.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Final

from application.evidence.exchange import Exchange, integration_of
from application.evidence.making import Made, NotToBeAskedError, make_dispute, make_request, record_sent
from application.evidence.receiving import receive
from application.faults import described
from consumers.evidence.http_post import HttpPost
from consumers.evidence.kafka_post import KafkaPost
from consumers.webhooks.sending import NotDeliveredError
from domain.refusals import Refusal
from domain.values import micros_at
from ledger.channels.evidence import EvidenceMessages, EvidenceOutbox, KeptMessage
from ledger.postgresql.task_ending import end
from ledger.refusals import AwayError, LedgerBusyError, LedgerUnavailableError, VersionConflictError
from projections.evidence_requests.queries import NOBODY, EvidenceRequests, ToMake
from projections.views import Views

_STAND_BY: Final = 1.0
_AT_ONCE: Final = 32
_FIRST_PAUSE: Final = timedelta(seconds=1)
_LONGEST_PAUSE: Final = timedelta(minutes=10)
_TAKEN: Final = frozenset({HTTPStatus.OK, HTTPStatus.ACCEPTED})
_AGAIN: Final = (AwayError, LedgerUnavailableError, LedgerBusyError)
_log = logging.getLogger(__name__)


class EvidenceWorker:
    """Asks resources as long as it runs, or stands by while another process does.

    Args:
        exchange: the window and its keys.
        outbox: where messages are kept.
        messages: where they are read.
        views: what cases wait for.
        http: sends over HTTP.
        kafka: sends by Kafka; None where there is no Kafka, so that resources that need it cannot be asked.
    """

    def __init__(
        self,
        exchange: Exchange,
        outbox: EvidenceOutbox,
        messages: EvidenceMessages,
        views: Views,
        http: HttpPost,
        kafka: KafkaPost | None = None,
    ) -> None:
        self._exchange, self._outbox, self._messages, self._views = exchange, outbox, messages, views
        self._http, self._kafka = http, kafka

    async def run(self) -> None:
        """Ask until cancelled; begin anew after every error, whether a database is away or we have a fault."""
        task = asyncio.current_task()
        # Checked here, since before Python 3.12 a wait may lose a cancellation.
        while task is None or not task.cancelling():
            try:
                await self._work()
            except _AGAIN as error:
                _log.warning("evidence begins anew: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - nobody watches this task: it must not end by itself
                _log.error("evidence begins anew after a fault: %s", described(error))
            await self._outbox.close()  # whoever asks no more must not keep the lock
            await asyncio.sleep(_STAND_BY / 2)  # back-off while the database is away

    async def _work(self) -> None:
        while True:
            if await self._outbox.elect():
                break
            await asyncio.sleep(_STAND_BY)  # another one asks; its lock goes with its session
        sending: dict[str, asyncio.Task[None]] = {}
        known = -1
        try:
            while await self._outbox.elect():
                await self._make_all(self._views.evidence_requests)
                for resource in [each for each, task in sending.items() if task.done()]:
                    sending.pop(resource).result()
                for resource in await self._messages.resources_due(self._now()):
                    if resource not in sending:
                        sending[resource] = asyncio.create_task(self._send_all(resource))
                known = await self._views.positions.wait_beyond(known, _STAND_BY / 2)
        finally:
            await asyncio.gather(*map(end, sending.values()), return_exceptions=True)  # the first error goes on

    async def _make_all(self, waiting: EvidenceRequests) -> None:
        """Make and keep every message that a case waits for."""
        after = NOBODY
        while page := await waiting.to_make(after=after, limit=_AT_ONCE):
            await asyncio.gather(*(self._make(each) for each in page))
            after = page[-1].case_id

    async def _make(self, case: ToMake) -> None:
        for request_id in case.requests:
            await self._keep(partial(make_request, self._exchange, case.case_id, request_id))
        for dispute_id in case.disputes:
            await self._keep(partial(make_dispute, self._exchange, case.case_id, dispute_id))

    async def _keep(self, make: Callable[[], Awaitable[Made]]) -> None:
        """Make a message, keep it unless one is kept already, and have the case say which bytes are sent."""
        try:
            made = await make()
            await self._outbox.keep(made.message, made.token_digest)
            # From here on a crash leaves a kept message that the case does not know: it is found and recorded again.
            kept = await self._messages.of(made.message.message_id)
            await record_sent(self._exchange, next(each for each in kept if each.turn == made.message.turn))
        except (NotToBeAskedError, Refusal) as error:
            _log.info("a message is not made: %s", error)
        except VersionConflictError:
            _log.info("a case was changed meanwhile; its message is recorded at the next look")
        except _AGAIN:
            raise
        except Exception as error:  # noqa: BLE001 - what is wrong with one case must not stop the others
            _log.error("a message cannot be made: %s", described(error))

    async def _send_all(self, resource: str) -> None:
        """Send what a resource is to be sent by now. Each has a task of its own: one that hangs holds no other up."""
        while due := await self._messages.due(resource, self._now(), _AT_ONCE):
            sent = await asyncio.gather(*(self._send(message) for message in due), return_exceptions=True)
            if failed := next(filter(None, sent), None):
                raise failed  # only now: none of them may still send when we begin anew

    async def _send(self, message: KeptMessage) -> None:
        try:
            is_taken = await self._handed_over(message)
        except _AGAIN:
            raise
        except (NotToBeAskedError, Refusal) as error:
            _log.info("a message is sent no more: %s", error)
            await self._outbox.move(message, message.failures, None)
            return
        except VersionConflictError:
            _log.info("a case was changed meanwhile; its message is sent at the next look")
            await self._outbox.move(message, message.failures, self._now(_FIRST_PAUSE))
            return
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("a message cannot be sent: %s", described(error))
            is_taken = False
        if is_taken:
            # The commit point: a crash before it, and the same bytes are sent once more, and answered the same.
            await self._outbox.move(message, 0, None)
            return
        pause = min(_FIRST_PAUSE * 2 ** min(message.failures, 40), _LONGEST_PAUSE)
        next_try = self._now(pause)
        await self._outbox.move(message, message.failures + 1, next_try)

    def _now(self, after: timedelta = timedelta()) -> int:
        """Return the time that much later, in microseconds since 1970."""
        return micros_at(self._exchange.window.clock() + after)

    async def _handed_over(self, message: KeptMessage) -> bool:
        """Send a message unless nobody waits for it any more; return whether the resource has it."""
        await record_sent(self._exchange, message)  # a crash may have left it unsaid; a case that has ended refuses
        integration = await integration_of(self._exchange, message.resource)
        if integration is None:
            raise NotToBeAskedError("the resource is not integrated")
        if integration.transport == "kafka":
            if self._kafka is None:
                return False
            await self._kafka.post(message.resource, message.message_id, message.raw)
            return True
        try:
            answer = await self._http.post(message.resource, integration.endpoint or "", message.raw)
        except NotDeliveredError as error:
            _log.info("the resource %s %s", message.resource, error)
            return False
        if answer.status not in _TAKEN:
            _log.info("the resource %s answers %d", message.resource, answer.status)
            return False
        if answer.body:
            await receive(self._exchange, await self._messages.of(message.message_id), answer.body)
        return True
