"""The ways to a service: its channels, and its steps with the channels by which each is done."""

from collections.abc import Iterator, Mapping
from typing import Final

from api.linked_data.addresses import Addresses, part
from api.linked_data.statements import Statement, about, in_no_known_language
from api.linked_data.terms import HAS_STEP, MAY_FOLLOW, PHASE, STEP, concepts
from api.linked_data.vocabulary import DESCRIPTION, HAS_CHANNEL, IDENTIFIER, NOTATION, TITLE, TYPE
from api.linked_data.words import CONCEPTS
from domain.service.definition import ServiceDefinition, Step, StepChannel

_DONE_BY: Final[Mapping[StepChannel, tuple[str, ...]]] = {
    "electronic": ("electronic",),
    "office": ("office",),
    "both": ("electronic", "office"),
}


def channels(whole: str, service: ServiceDefinition) -> Iterator[Statement]:
    """Yield the channels by which a request comes in, as the service names them."""
    for name in service.channels:
        itself = part(whole, "channel", name)
        yield from about(whole, (), (HAS_CHANNEL, itself))
        identifier = (IDENTIFIER, f"{service.slug}#channel-{name}")
        yield from about(itself, ["cv:Channel"], identifier, (DESCRIPTION, in_no_known_language(name)))


def steps(addresses: Addresses, whole: str, service: ServiceDefinition) -> Iterator[Statement]:
    """Yield the steps of a service. CPSV-AP has no word for steps; a step's channel is also one of the service."""
    for step in service.steps:
        itself = _step(whole, step.name)
        yield from about(whole, (), (HAS_STEP, itself))
        yield from about(
            itself,
            [STEP],
            (NOTATION, step.name),
            (TITLE, step.label),
            (PHASE, addresses.term(step.phase)),
            (MAY_FOLLOW, [_step(whole, name) for name in step.may_follow]),
        )
        yield from concepts(addresses, [step.phase])
        yield from _channels_of_a_step(addresses, whole, service.slug, step)


def _channels_of_a_step(addresses: Addresses, whole: str, slug: str, step: Step) -> Iterator[Statement]:
    for kind in _DONE_BY[step.channel] if step.channel else ():
        by = part(whole, "by", kind)
        yield from about(_step(whole, step.name), (), (HAS_CHANNEL, by))
        yield from about(whole, (), (HAS_CHANNEL, by))
        identifier, meant = (IDENTIFIER, f"{slug}#by-{kind}"), (TYPE, addresses.term(kind))
        yield from about(by, ["cv:Channel"], identifier, (DESCRIPTION, CONCEPTS[kind]), meant)
        yield from concepts(addresses, [kind])


def _step(whole: str, name: str) -> str:
    return part(whole, "step", name)
