"""The rules that a service or a resource follows, and the act that they implement."""

from collections.abc import Iterator, Mapping
from typing import Final

from api.linked_data.addresses import Addresses, part
from api.linked_data.statements import Statement, about, in_no_known_language
from api.linked_data.terms import CALENDAR_DAYS, LEGAL_ACT, WORKING_DAYS, concepts
from api.linked_data.vocabulary import DESCRIPTION, FOLLOWS, IDENTIFIER, IMPLEMENTS, TITLE, TYPE
from api.linked_data.words import CONCEPTS, DAYS, SILENCE
from domain.service.definition import ServiceDefinition
from domain.values import Term

_STATUTE: Final = "statute"


def legal_act(addresses: Addresses, whole: str, text: str) -> Iterator[Statement]:
    """Yield what is known about the act that a thing rests on: its text, in no known language."""
    told = in_no_known_language(text)
    kind = (TYPE, addresses.term(LEGAL_ACT))
    yield from about(act_of(whole), ["eli:LegalResource"], (TITLE, told), (DESCRIPTION, told), kind)
    yield from concepts(addresses, [LEGAL_ACT])


def act_of(whole: str) -> str:
    """Return the address of the act that a thing rests on."""
    return part(whole, "legal-basis")


def statute(addresses: Addresses, whole: str, slug: str, text: str) -> Iterator[Statement]:
    """Yield that a resource follows its statute."""
    yield from legal_act(addresses, whole, text)
    yield from _rule(addresses, whole, slug, _STATUTE, in_no_known_language(text))


def rules(addresses: Addresses, whole: str, service: ServiceDefinition) -> Iterator[Statement]:
    """Yield the rules that a service follows: its terms, and what silence means."""
    terms = {
        "legal-term": service.term,
        "extension": service.extension,
        "appeal-term": service.appeal_term,
        "retention": service.retention,
    }
    for kind, term in terms.items():
        if term is not None:
            says = {language: f"{words}: {term.days}" for language, words in DAYS[term.kind].items()}
            yield from _rule(addresses, whole, service.slug, kind, says, term)
    if service.silent_approval:
        yield from _rule(addresses, whole, service.slug, "silent-approval", SILENCE)


def _rule(
    addresses: Addresses, whole: str, slug: str, kind: str, says: Mapping[str, str], term: Term | None = None
) -> Iterator[Statement]:
    itself = part(whole, kind)
    yield from about(whole, (), (FOLLOWS, itself))
    yield from about(
        itself,
        ["cpsv:Rule"],
        (IDENTIFIER, f"{slug}#{kind}"),
        (TITLE, CONCEPTS[kind]),
        (DESCRIPTION, says),
        (TYPE, addresses.term(kind)),
        (IMPLEMENTS, act_of(whole)),
        (CALENDAR_DAYS, str(term.days) if term and term.kind == "calendar" else None),
        (WORKING_DAYS, str(term.days) if term and term.kind == "working" else None),
    )
    yield from concepts(addresses, [kind])
