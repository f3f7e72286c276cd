"""Takes in what comes from a resource by Kafka: the topic says which resource it is, the message what it is about."""

import logging
from typing import Final

from application.evidence.exchange import Exchange
from application.evidence.receiving import named_by, receive
from domain.evidence.faults import NotAcceptedError
from domain.refusals import Refusal
from ledger.channels.evidence import EvidenceMessages

_log: Final = logging.getLogger(__name__)


async def take_in(exchange: Exchange, messages: EvidenceMessages, resource: str, raw: bytes) -> None:
    """Have the case that a resource's message is about take it in; leave out what is about nothing that was asked.

    Raises:
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError, VersionConflictError: it must come again.
    """
    try:
        about = await named_by(exchange, resource, raw)
    except NotAcceptedError as error:
        _log.warning("a message in the topic of %s is left out: %s", resource, error.fault)
        return
    sent = [each for each in await messages.of(about) if each.resource == resource]
    if not sent:
        _log.warning("the resource %s answers what was not asked", resource)
        return
    try:
        await receive(exchange, sent, raw)
    except Refusal as refusal:
        _log.warning("the resource %s is not heard: %s", resource, refusal.rule)
