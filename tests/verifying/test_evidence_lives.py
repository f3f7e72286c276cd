"""However evidence goes on in a country, what the domain has decided is lawful, and the judge accuses nobody."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, get_args
from uuid import UUID

import pytest

from domain.case import evidence_events as events
from domain.case.events import CaseClosed, CaseReopened, CaseWithdrawn
from domain.event import Event
from domain.evidence.progress import Remark
from domain.evidence.values import DisputeOutcome
from domain.topics import TOPICS
from ledger.published.codec import decode
from ledger.published.recorded import Recorded
from tests.projections.evidence_lives import EvidenceCountry
from tests.verifying.evidence_law import breaches
from tests.verifying.held import without_early_subscriptions
from tests.verifying.test_legality import Events, found_in, stored

SEEDS: Final = range(10)


@pytest.fixture(scope="module")
def countries() -> Mapping[int, Events]:
    """The events of each seed's country."""
    return {seed: stored(without_early_subscriptions(EvidenceCountry(seed).live(900))) for seed in SEEDS}


def cases_of(entries: Events) -> Iterator[Sequence[Recorded]]:
    """Return the events of each case."""
    of_cases = [decode(entry) for entry in entries if entry.topic in TOPICS and entry.topic.startswith("case.")]
    for _, case in groupby(sorted(of_cases, key=lambda one: (one.stream, one.version)), lambda one: one.stream):
        yield list(case)


def kinds(case: Sequence[Recorded]) -> Iterator[str]:
    """Return what happens in a case: the topics, and what a topic alone does not say."""
    has_ended = False
    before: dict[UUID, type[Event]] = {}  # the last event about each request that is no remark
    for one in case:
        event, role = one.event, one.actor["role"]
        yield one.topic
        if isinstance(event, events.EvidenceEnded):
            yield f"ended {event.end} by {role}"
        elif isinstance(event, events.EvidenceObjected):
            yield f"objected by {role}"
        elif isinstance(event, events.EvidenceAnswered):
            yield "a document" if event.is_document else "values"
        elif isinstance(event, events.EvidenceAskedOfApplicant):
            yield f"asked because {event.why}"
        elif isinstance(event, events.EvidenceDisputeAnswered):
            yield f"dispute {event.outcome}"
        elif isinstance(event, events.EvidenceRemarked):
            yield f"{event.remark} in {'an ended' if has_ended else 'an open'} case"
            is_overtaken = event.remark is Remark.DUPLICATE and before[event.request_id] is events.EvidenceSent
            if is_overtaken:
                yield "overtaken by a second request"
        if not isinstance(event, events.EvidenceRemarked):
            before[getattr(event, "request_id", one.stream)] = type(event)
        has_ended = isinstance(event, CaseClosed | CaseWithdrawn) or (has_ended and not isinstance(event, CaseReopened))


EXPECTED: Final = {
    *(kind.topic for kind in events.EVIDENCE_EVENTS),
    *(f"ended {end} by resource" for end in ("NotFound", "Refused", "Failed")),
    *(f"ended {end} by clock" for end in ("TimedOut", "Failed", "PreviewRejected")),
    "ended PreviewRejected by applicant",
    "ended Failed by window",  # the applicant was erased
    "objected by applicant",
    "objected by clock",
    "a document",
    "values",
    *(f"asked because {why}" for why in ("NotFound", "Refused", "PreviewRejected", "TimedOut", "Failed")),
    *(f"asked because {why}" for why in ("NotIntegrated", "NotInAnswer")),
    *(f"dispute {outcome}" for outcome in get_args(DisputeOutcome)),
    *(f"{remark} in an open case" for remark in (Remark.LATE, Remark.DUPLICATE, Remark.UNACCEPTABLE)),
    "Late in an ended case",
    "overtaken by a second request",
}


def test_the_judge_accuses_nobody_whatever_happens_to_evidence(countries: Mapping[int, Events]) -> None:
    assert {seed: found_in(entries) for seed, entries in countries.items()} == {seed: [] for seed in SEEDS}


def test_nothing_that_the_domain_decides_about_evidence_breaks_the_law_told_by_hand(
    countries: Mapping[int, Events],
) -> None:
    cases = [case for entries in countries.values() for case in cases_of(entries)]

    assert [breach for case in cases for breach in breaches(case)] == []


def test_the_lives_of_these_seeds_reach_every_kind_of_event_about_evidence(countries: Mapping[int, Events]) -> None:
    reached = Counter(kind for entries in countries.values() for case in cases_of(entries) for kind in kinds(case))

    assert {kind for kind in EXPECTED if reached[kind] == 0} == set()
