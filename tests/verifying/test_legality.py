"""Somebody with the key can sign a history that the rules do not allow, but the rules themselves reveal it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

import orjson
import pytest

from application.verifying.causes import NamedCause, groundless
from application.verifying.claims import Claim, unfounded
from application.verifying.kinds import KINDS
from application.verifying.precedents import Precedents
from application.verifying.streams import judged
from domain.case.assignment_events import CaseLeftWaiting, CaseReleased
from domain.case.clock_events import CLOCK_EVENTS, SilentGrantPublished, TermExtended
from domain.case.evidence_events import EVIDENCE_EVENTS
from domain.case.representation_events import REPRESENTATION_EVENTS
from domain.topics import TOPICS
from domain.values import micros_at
from ledger.audit.findings import Finding, in_order
from ledger.store.entries import NewEvent, StoredEntry
from tests.verifying.held import lived

Events = list[StoredEntry]
ELSEWHERE = ("desk.", "subscription.", "mandate.", "identities.")
HONEST = (20, 900)
"""Seed and length of a life in which everything happens that is judged here; take another one if it lacks a topic."""
ABOUT_EVIDENCE = {kind.topic for kind in EVIDENCE_EVENTS}


def stored(events: Sequence[NewEvent]) -> Events:
    """Return events as a ledger stores them, one second apart or when they happened."""
    entries: Events = []
    for position, each in enumerate(events, start=1):
        at = max(entries[-1].recorded_at + 10**6 if entries else 0, happened_at(each))
        entries.append(
            StoredEntry(position, each.stream, each.version, at, each.topic, each.salt, each.open, each.sealed)
        )
    return entries


def happened_at(event: NewEvent | StoredEntry) -> int:
    """Return when an event happened, in microseconds; 0 for another application's."""
    if event.topic not in TOPICS:
        return 0
    return micros_at(datetime.fromisoformat(orjson.loads(event.open)["occurred_at"]))


def found_in(events: Events) -> list[Finding]:
    """Judge every stream."""

    def stream_of(stream: UUID) -> Events:
        return [each for each in events if each.stream == stream]

    claims: list[Claim] = []
    causes: list[NamedCause] = []
    findings: list[Finding] = []
    for stream, ones in groupby(sorted(events, key=lambda each: (each.stream, each.version)), lambda each: each.stream):
        findings += judged(stream, list(ones), Precedents(stream_of), claims, causes)
    first = {each.stream: each for each in events if each.version == 1}
    positions = {(each.stream, each.version): each.position for each in events}
    return [*findings, *unfounded(claims, first, stream_of), *groundless(causes, positions)]


@pytest.fixture(scope="module")
def honest() -> Events:
    """The events of a country."""
    return stored(lived(*HONEST))


def at_first(events: Events, topic: str) -> int:
    """Return the place of the first event of this topic."""
    return next(number for number, each in enumerate(events) if each.topic == topic)


def saying(event: StoredEntry, **data: object) -> StoredEntry:
    """Return the event with other open data, written as the codec writes it."""
    document = orjson.loads(event.open)
    document["data"] |= data
    return event._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


def test_everything_that_the_domain_has_decided_could_have_happened(honest: Events) -> None:
    assert found_in(honest) == []
    # What happens to evidence is judged in test_evidence_legality.py and test_evidence_machine.py, mandates and who
    # acts by them in tests/mandates, openings of identities in tests/openings, desks and their draws in tests/draws.
    elsewhere = ABOUT_EVIDENCE | {kind.topic for kind in REPRESENTATION_EVENTS}
    elsewhere |= {CaseReleased.topic, CaseLeftWaiting.topic}
    expected = {topic for topic in TOPICS.keys() - elsewhere if not topic.startswith(ELSEWHERE)}
    assert {each.topic for each in honest} >= expected
    assert {each.topic for each in honest} - set(TOPICS), "another application's events are left alone"


def test_every_kind_of_stream_has_a_judge() -> None:
    kinds = {topic.partition(".")[0] for topic in TOPICS}

    assert kinds == set(KINDS)


@pytest.mark.parametrize(
    ("topic", "data", "says"),
    [
        ("case.submitted", {"calendar_version": 7}, "its days were counted by a calendar"),
        ("case.submitted", {"last_day": "2099-01-01"}, "last_day is not what the rules give"),
        ("case.submitted", {"term_began": "2026-01-01"}, "its local date was in no time zone"),
        ("case.closed", {"local_date": "2026-01-01"}, "its local date was in no time zone"),
        ("case.decided", {"local_date": "2026-01-01"}, "its local date was in no time zone"),
        ("case.withdrawn", {"local_date": "2026-01-01"}, "its local date was in no time zone"),
        ("case.reopened", {"local_date": "2026-01-01"}, "its local date was in no time zone"),
        ("case.applicant_asked", {"local_date": "2026-01-01"}, "its local date was in no time zone"),
        ("case.applicant_answered", {"local_date": "2026-01-01"}, "its local date was in no time zone"),
        ("case.submitted", {"service": "pardon"}, "had not been published"),
        ("case.submitted", {"service_version": 77}, "had not been published"),
        ("case.submitted", {"agency": "nowhere"}, "agency is not what the rules give"),
        ("case.step_recorded", {"step": "T99 Forget"}, "forbids it"),
        ("service.published", {"version": 9}, "forbids it"),
        ("agency.registered", {"slug": "harbours"}, "stream of its name"),
        ("look.recorded", {"case_id": "019abcde-f012-7345-8678-9abcdef01234"}, "stream of looks"),
        ("look.recorded", {"hour": "2026-11-24T15:30:00Z"}, "its hour is not the beginning of one"),
    ],
)
def test_an_event_that_no_decision_led_to_is_named(
    honest: Events, topic: str, data: dict[str, object], says: str
) -> None:
    at = at_first(honest, topic)
    first, *_ = in_order(found_in([*honest[:at], saying(honest[at], **data), *honest[at + 1 :]]))

    assert (first.check, first.position) == ("legality", at + 1)
    assert says in first.says


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("agencies", ["harbour"], "concerns no agency"),
        ("actor", {"pseudonym": "desk", "role": "window"}, "only the window prevents"),
        ("actor", {"pseudonym": "erasure", "role": "official"}, "only the window prevents"),
    ],
)
def test_a_submission_that_somebody_else_prevented_is_named(
    honest: Events, part: str, value: object, says: str
) -> None:
    at = at_first(honest, "submission.prevented")
    document = orjson.loads(honest[at].open) | {part: value}
    changed = honest[at]._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))
    [found] = found_in([changed])

    assert (found.check, found.position) == ("legality", at + 1)
    assert says in found.says


def test_nothing_happens_after_a_submission_was_prevented(honest: Events) -> None:
    prevented = honest[at_first(honest, "submission.prevented")]
    submitted = honest[at_first(honest, "case.submitted")]._replace(stream=prevented.stream, version=2)
    [found] = found_in([prevented, submitted._replace(position=prevented.position + 1)])

    assert "nothing happens where a submission was prevented" in found.says


def test_an_agency_in_a_zone_that_the_auditors_machine_does_not_know_is_no_finding(honest: Events) -> None:
    assert found_in([saying(honest[at_first(honest, "agency.registered")], time_zone="Asia/Founded_Later")]) == []


def led_to(event: StoredEntry, cause: object) -> StoredEntry:
    """Return the event with another cause."""
    document = orjson.loads(event.open) | {"causation": cause}
    return event._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


def test_what_follows_within_a_command_names_the_event_that_led_to_it(honest: Events) -> None:
    superseded = honest[at_first(honest, "service.superseded")]
    cause = honest[superseded.position - 2]

    assert orjson.loads(superseded.open)["causation"] == f"{cause.stream}:{cause.version}"
    assert cause.topic == "service.published"
    named = [each.topic for each in honest if each.topic in TOPICS and orjson.loads(each.open)["causation"]]
    follows = {"service.superseded", "register.resource_approved", "register.resource_taken_into_use"}
    reactions = {"case.became_overdue", "service.held_elements_asked", "service.evidence_source_lost"}
    by_the_clock = {kind.topic for kind in CLOCK_EVENTS} - {TermExtended.topic, SilentGrantPublished.topic}
    assert set(named) - ABOUT_EVIDENCE == follows | reactions | by_the_clock, "and what people ask for has no cause"


@pytest.mark.parametrize(
    ("topic", "cause", "check", "says"),
    [
        ("case.assigned", "{stream}:99", "legality", "had not happened before it"),
        ("case.assigned", "{stream}:{version}", "legality", "had not happened before it"),
        ("case.assigned", "019abcde-f012-7345-8678-9abcdef01234:1", "legality", "had not happened before it"),
        ("case.submitted", "{first.stream}:1", "legality", "somebody has asked for it"),
        ("look.recorded", "{first.stream}:1", "legality", "somebody has asked for it"),
        ("agency.registered", "{first.stream}:1", "legality", "somebody has asked for it"),
        ("service.drafted", "{first.stream}:1", "legality", "somebody has asked for it"),
        ("service.superseded", None, "legality", "names another cause"),
        ("service.superseded", "{first.stream}:1", "legality", "names another cause"),
        ("case.became_overdue", None, "legality", "no cause explains what the clock did"),
        ("case.became_overdue", "{stream}:2", "legality", "its cause does not explain what the clock did"),
        ("case.became_overdue", "{first.stream}:1", "legality", "its cause does not explain what the clock did"),
        ("case.assigned", "{stream}:0", "schema", "its open part is not that of"),
        ("case.assigned", "{stream}", "schema", "its open part is not that of"),
        ("case.assigned", "{stream}:9999999999999999999", "schema", "its open part is not that of"),
    ],
)
def test_a_cause_that_cannot_have_led_to_the_event_is_named(
    honest: Events, topic: str, cause: str | None, check: str, says: str
) -> None:
    at = at_first(honest, topic)
    event = honest[at]
    named = cause and cause.format(stream=event.stream, version=event.version, first=honest[0])
    first, *_ = in_order(found_in([*honest[:at], led_to(event, named), *honest[at + 1 :]]))

    assert (first.check, first.position) == (check, at + 1)
    assert says in first.says


def test_an_event_of_the_window_may_name_what_led_to_it(honest: Events) -> None:
    at = at_first(honest, "case.assigned")
    cause = f"{honest[at].stream}:1"

    assert found_in([*honest[:at], led_to(honest[at], cause), *honest[at + 1 :]]) == []


@pytest.mark.parametrize(("pseudonym", "role"), [("reaction", "window"), ("somebody", "window"), ("clock", "clock")])
@pytest.mark.parametrize("cause", ["{stream}:1", None])
def test_what_nobody_has_asked_for_and_nothing_explains_is_named(
    honest: Events, pseudonym: str, role: str, cause: str | None
) -> None:
    at = at_first(honest, "case.assigned")
    event = led_to(honest[at], cause and cause.format(stream=honest[at].stream))
    document = orjson.loads(event.open) | {"actor": {"pseudonym": pseudonym, "role": role}}
    planted = event._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))
    first, *_ = in_order(found_in([*honest[:at], planted, *honest[at + 1 :]]))

    assert (first.check, first.position) == ("legality", at + 1)
    assert "nobody has asked for it" in first.says


def test_the_clock_is_believed_no_day_earlier_than_the_day_after_the_last(honest: Events) -> None:
    at = at_first(honest, "case.became_overdue")
    last_day = orjson.loads(honest[at].open)["data"]["last_day"]
    first, *_ = in_order(found_in([*honest[:at], saying(honest[at], local_date=last_day), *honest[at + 1 :]]))

    assert (first.check, first.position) == ("legality", at + 1)


def _without(events: Events, topic: str) -> Iterator[StoredEntry]:
    """Leave an event out and close the gap, like somebody who wants to hide it."""
    gone = events[at_first(events, topic)]
    for each in events:
        if each.stream == gone.stream and each.version > gone.version:
            yield each._replace(version=each.version - 1)
        elif each != gone:
            yield each


@pytest.mark.parametrize(
    ("topic", "next_topic"),
    [("case.submitted", "case."), ("agency.registered", "service."), ("service.published", "service.")],
)
def test_what_rests_on_an_event_that_never_was_is_illegal(honest: Events, topic: str, next_topic: str) -> None:
    left = list(_without(honest, topic))
    findings = found_in(left)
    topics = {each.position: each.topic for each in left}

    assert findings
    assert any(topics[finding.position or 0].startswith(next_topic) for finding in findings)
    assert all(finding.check == "legality" for finding in findings)


@pytest.mark.parametrize(
    ("change", "check", "says"),
    [
        (lambda event: event._replace(version=event.version + 1), "version", "is missing"),
        (lambda event: event._replace(topic="case.pardoned"), "schema", "its topic is not one of Pencere's"),
        (lambda event: event._replace(topic="look.recorded"), "schema", "its open part is not that of a look.recorded"),
        (lambda event: event._replace(open=event.open + b" "), "schema", "not written as the codec writes it"),
        (lambda event: event._replace(sealed=b"{}"), "schema", "its sealed part is not one"),
        (lambda event: event._replace(open=b"\xff"), "schema", "its open part is not that of"),
    ],
)
def test_an_event_that_the_codec_never_wrote_is_named(
    honest: Events, change: Callable[[StoredEntry], StoredEntry], check: str, says: str
) -> None:
    at = at_first(honest, "case.step_recorded")
    first, *_ = in_order(found_in([*honest[:at], change(honest[at]), *honest[at + 1 :]]))

    assert (first.check, first.position) == (check, at + 1)
    assert says in first.says


def test_a_look_at_a_case_that_there_was_not_is_named(honest: Events) -> None:
    looked = honest[at_first(honest, "look.recorded")]
    case_id = UUID(orjson.loads(looked.open)["data"]["case_id"])
    findings = found_in([each for each in honest if each.stream != case_id])

    assert looked.position in {finding.position for finding in findings}
    assert {finding.says for finding in findings} == {"it is about a case that had not been submitted"}


def test_versions_of_another_applications_stream_may_begin_anywhere_and_have_gaps(honest: Events) -> None:
    foreign = next(each for each in honest if each.topic not in TOPICS)
    stream, last = UUID(int=7), len(honest)
    added = [
        foreign._replace(position=last + number, stream=stream, version=version)
        for number, version in enumerate((5, 9, 10), start=1)
    ]

    assert found_in([*honest, *added]) == []
    [twice] = found_in([*honest, *added, added[-1]._replace(position=last + 4)])
    assert (twice.check, twice.position) == ("version", last + 4)


def test_an_event_of_ours_in_a_stream_of_another_application_is_named(honest: Events) -> None:
    foreign = next(each for each in honest if each.topic not in TOPICS)
    last = max(each.version for each in honest if each.stream == foreign.stream)
    planted = honest[at_first(honest, "case.closed")]._replace(
        position=len(honest) + 1, stream=foreign.stream, version=last + 1
    )

    assert [(each.check, each.position) for each in found_in([*honest, planted])] == [("legality", planted.position)]


def enveloped(event: StoredEntry, **envelope: object) -> StoredEntry:
    """Return the event with something else said about it."""
    document = orjson.loads(event.open) | envelope
    return event._replace(open=orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


def test_a_term_that_begins_in_the_last_days_that_there_are_ends_no_audit(honest: Events) -> None:
    at = next(
        number
        for number, each in enumerate(honest)
        if each.topic == "case.submitted" and orjson.loads(each.open)["data"]["last_day"]
    )
    late = enveloped(saying(honest[at], term_began="9999-12-31"), occurred_at="9999-12-31T12:00:00.000000Z")
    first, *_ = in_order(found_in([*honest[:at], late, *honest[at + 1 :]]))

    assert (first.check, first.position) == ("legality", at + 1)
    assert "last_day is not what the rules give" in first.says


@pytest.mark.parametrize("topic", ["case.assigned", "case.submitted", "case.subject_erased", "service.drafted"])
def test_what_somebody_has_asked_for_does_not_come_from_the_clock(honest: Events, topic: str) -> None:
    at = at_first(honest, topic)
    first, *_ = in_order(found_in([*honest[:at], enveloped(honest[at], origin="clock"), *honest[at + 1 :]]))

    assert (first.check, first.position) == ("legality", at + 1)


def test_the_clock_has_one_name(honest: Events) -> None:
    at = at_first(honest, "case.became_overdue")
    somebody = enveloped(honest[at], actor={"role": "clock", "pseudonym": "somebody"})
    first, *_ = in_order(found_in([*honest[:at], somebody, *honest[at + 1 :]]))

    assert (first.check, first.position) == ("legality", at + 1)
