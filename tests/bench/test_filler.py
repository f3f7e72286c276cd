"""A filled ledger is as valid as a real one: the domain would have decided every event."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import orjson
import psycopg
import pytest
from typer.testing import CliRunner

from bench.filler import __main__ as command_line
from bench.filler.copying import LedgerInUseError, fill
from bench.filler.town import SERVICES, TIME_ZONE
from bench.growth.filled import filled
from bench.growth.layouts import LAYOUTS
from domain.case import commands, events
from domain.case.deadlines import local_date
from domain.case.decisions import decide
from domain.case.state import CaseState, evolve
from domain.event import Event, sealed_fields
from domain.service.definition import PublishedService, ServiceDefinition
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.published.codec import decode, open_part
from ledger.published.recorded import Recorded
from ledger.store.entries import StoredEntry
from ledger.store.reading import Reader
from ledger.vault.seal import key_refs, open_sealed
from projections.migrate import migrate_views
from projections.runner import Projector
from projections.views import Views
from tests.ledger.audit import check_ledger

EVENTS = 3000
DEFINITIONS: Mapping[str, ServiceDefinition] = {service.slug: service for service in SERVICES}
WORDS = "Some words."
PERSON = {"person.name": WORDS, "person.birth_date": "1990-04-12"}


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    with filled(postgres, LAYOUTS["plain"], EVENTS, 0, lambda _done: None) as name:
        yield name


@pytest.fixture(scope="module")
def owner_url(postgres: EmbeddedPostgres, database: str) -> str:
    return postgres.ledger_url("pencere_owner", database)


@pytest.fixture(scope="module")
def entries(owner_url: str) -> list[StoredEntry]:
    async def read() -> list[StoredEntry]:
        reader = Reader(owner_url)
        await reader.open()
        found = await reader.after(0, EVENTS + 1)
        await reader.close()
        return found

    return asyncio.run(read())


def lives(entries: list[StoredEntry]) -> dict[UUID, list[Recorded]]:
    found: dict[UUID, list[Recorded]] = defaultdict(list)
    for entry in entries:
        if entry.topic.startswith("case."):
            found[entry.stream].append(decode(entry))
    return found


def open_only(event: Event) -> Event:
    return event.model_copy(update=dict.fromkeys(sealed_fields(type(event))))


def command_for(one: Recorded, case_id: UUID, service: ServiceDefinition) -> commands.Command:  # noqa: PLR0911 - a table
    """Return the command that must have led to this event."""
    at, actor = one.envelope.occurred_at, one.envelope.actor
    local = local_date(at, TIME_ZONE)
    match one.event:
        case events.CaseSubmitted(applicant=applicant, channel=channel, language=language, open_answers=answers):
            return commands.SubmitCase(
                at=at,
                local_date=local,
                actor=actor,
                case_id=case_id,
                service=PublishedService(service, 1),
                time_zone=TIME_ZONE,
                applicant=applicant,
                channel=channel,
                language=language,
                answers=answers | PERSON,
            )
        case events.CaseAssigned(desk=desk, official=official):
            return commands.AssignCase(at, actor, desk, official)
        case events.StepRecorded(step=step):
            return commands.RecordStep(at, actor, service, step)
        case events.ApplicantAsked(elements=elements):
            return commands.AskApplicant(at, local, actor, service, WORDS, elements)
        case events.ApplicantAnswered():
            return commands.AnswerQuestion(at, local, actor, service, WORDS)
        case events.CaseDecided(outcome=outcome, legal_basis=legal_basis):
            return commands.DecideCase(at, local, actor, service, outcome, legal_basis, WORDS)
        case events.CaseWithdrawn():
            return commands.WithdrawCase(at, local, actor)
        case _:
            return commands.CloseCase(at, local, actor)


def test_positions_versions_times_and_head_are_as_appends_make_them(owner_url: str) -> None:
    assert check_ledger(owner_url) == EVENTS


def test_open_parts_are_byte_for_byte_what_the_codec_writes(entries: list[StoredEntry]) -> None:
    for entry in entries:
        decoded = decode(entry)

        assert open_part(decoded.event, decoded.envelope) == entry.open


def test_every_event_is_what_the_domain_decides_at_that_point(entries: list[StoredEntry]) -> None:
    found = lives(entries)
    for case_id, life in found.items():
        state: CaseState | None = None
        first = life[0].event
        assert isinstance(first, events.CaseSubmitted)
        for one in life:
            decided = decide(command_for(one, case_id, DEFINITIONS[first.service]), state)

            assert [open_only(event) for event in decided] == [one.event]
            state = evolve(state, one.event)

    assert len(found) > EVENTS / 40


def test_sealed_parts_are_sealed_for_the_applicant_and_nobody_has_the_key(entries: list[StoredEntry]) -> None:
    applicants = {case_id: life[0].envelope.actor.pseudonym for case_id, life in lives(entries).items()}
    sealed = [entry for entry in entries if entry.sealed]
    for entry in sealed:
        assert [str(ref) for ref in key_refs(entry.sealed)] == [applicants[entry.stream]]
        assert open_sealed(entry.sealed, {}, entry.stream, entry.version).erased
        assert orjson.dumps(orjson.loads(entry.sealed), option=orjson.OPT_SORT_KEYS) == entry.sealed

    assert len({entry.sealed for entry in sealed}) == len(sealed) > EVENTS / 4


def test_lives_are_of_two_to_forty_events_and_agencies_unequally_busy(entries: list[StoredEntry]) -> None:
    found = list(lives(entries).values())
    ended = [len(life) for life in found if isinstance(life[-1].event, events.CaseClosed | events.CaseWithdrawn)]
    busy = Counter(life[0].envelope.agencies[0] for life in found)

    assert min(ended) == 2
    assert 30 < max(map(len, found)) <= 40
    assert busy["agency-1"] > 5 * busy["agency-40"]


def test_the_views_fold_it_to_where_the_domain_says_each_case_stands(
    postgres: EmbeddedPostgres, database: str, owner_url: str, entries: list[StoredEntry]
) -> None:
    migrate_views(owner_url)
    states: dict[UUID, CaseState] = {}
    for case_id, life in lives(entries).items():
        state: CaseState | None = None
        for one in life:
            state = evolve(state, one.event)
        assert state is not None
        states[case_id] = state

    async def main() -> None:
        async with (
            Projector(postgres.ledger_url("pencere_projector", database)) as projector,
            Views(postgres.ledger_url("pencere_reader", database)) as views,
        ):
            folding = asyncio.create_task(projector.run())
            await projector.catch_up(EVENTS)
            folding.cancel()
            stopped = await views.positions.stopped()
            found = await views.case_status.statuses(list(states))

        assert stopped == {}
        for state, status in zip(states.values(), found, strict=True):
            assert status is not None
            assert (status.stage, status.step, status.official) == (state.stage, state.step, state.official)
            assert (status.outcome, status.last_day) == (state.outcome, state.last_day)

    asyncio.run(main())


def test_a_ledger_in_use_is_not_filled(owner_url: str) -> None:
    with pytest.raises(LedgerInUseError):
        fill(owner_url, 10)

    with psycopg.connect(owner_url) as owner:
        assert owner.execute("SELECT count(*) FROM ledger.events").fetchone() == (EVENTS,)


def test_the_folder_that_is_lived_in_is_never_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENCERE_DATA", str(tmp_path))
    app = command_line.app
    told = CliRunner().invoke(app, ["--data", str(tmp_path), "--events", "10"])

    assert told.exit_code == 2
    assert list(tmp_path.iterdir()) == []
