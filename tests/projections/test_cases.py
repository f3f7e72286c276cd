"""The status and the history of each case are what the domain itself makes of its events."""

import asyncio
from uuid import UUID

import orjson

from domain.case.clock_events import CaseLapsed, GrantedBySilence
from domain.case.events import CaseClosed, CaseDecided, CaseReopened, CaseWithdrawn
from domain.case.stage import Stage
from domain.event import sealed_fields
from domain.values import rfc3339
from projections.case_history.types import HistoryRow
from projections.case_status.types import CaseStatus
from projections.instants import instant_at
from projections.views import Views
from tests.projections.case_life import WHISPER
from tests.projections.lived import KnownCase, Lived, Told
from tests.projections.rows import rows_of

NOBODY = UUID(int=0)


def expected_status(case: KnownCase) -> CaseStatus:
    first, last, state = case.told[0], case.told[-1], case.state
    reopened, decided = case.last(CaseReopened), case.last(CaseDecided, GrantedBySilence)
    if reopened and decided and decided.entry.version < reopened.entry.version:
        decided = None
    ended = None if case.is_open else case.last(CaseClosed, CaseLapsed, CaseWithdrawn)
    return CaseStatus(
        case_id=case.case_id,
        reference=state.reference,
        service=state.service,
        service_version=state.service_version,
        agency=state.agency,
        desk=state.desk,
        stage=state.stage.value,
        step=state.step,
        version=last.entry.version,
        position=last.entry.position,
        channel=state.channel,
        language=state.language,
        time_zone=state.time_zone,
        applicant=state.applicant,
        official=state.official,
        outcome=state.outcome,
        submitted_at=first.decoded.envelope.occurred_at,
        last_day=state.last_day,
        marked_overdue_on=state.marked_overdue_on,
        decided_at=decided.decoded.envelope.occurred_at if decided else None,
        closed_at=ended.decoded.envelope.occurred_at if ended else None,
        last_event_at=last.decoded.envelope.occurred_at,
    )


def test_every_case_stands_where_the_domain_says(lived: Lived) -> None:
    cases = lived.cases

    async def scenario(views: Views) -> list[CaseStatus | None]:
        return await views.case_status.statuses([case.case_id for case in cases])

    assert lived.reads(scenario) == [expected_status(case) for case in cases]
    reached = {
        Stage.SUBMITTED,
        Stage.IN_PROGRESS,
        Stage.AWAITING_APPLICANT,
        Stage.DECIDED,
        Stage.CLOSED,
        Stage.WITHDRAWN,
    }
    assert {case.state.stage for case in cases} == reached, "no stage is left untried"


def test_a_case_is_found_by_its_id_and_by_its_reference(lived: Lived) -> None:
    cases = lived.cases[:20]

    async def scenario(views: Views) -> tuple[list[CaseStatus | None], list[CaseStatus | None]]:
        by_id = asyncio.gather(*[views.case_status.status(case.case_id) for case in cases])
        by_reference = asyncio.gather(*[views.case_status.by_reference(case.state.reference) for case in cases])
        return await by_id, await by_reference

    expected = [expected_status(case) for case in cases]
    assert lived.reads(scenario) == (expected, expected)


def test_of_a_case_that_is_not_there_nothing_is_said(lived: Lived) -> None:
    known = lived.cases[0].case_id

    async def scenario(views: Views) -> None:
        statuses = views.case_status

        assert await statuses.status(NOBODY) is None
        assert await statuses.by_reference("PN-0000-0000-0000-0") is None
        assert await statuses.statuses([]) == []
        found = await statuses.statuses([known, NOBODY, known])
        assert [status and status.case_id for status in found] == [known, None, known]
        assert await views.case_history.history(NOBODY) == []

    lived.reads(scenario)


def expected_entry(told: Told) -> dict[str, object]:
    event, envelope = told.event, told.decoded.envelope
    fields = orjson.loads(told.entry.sealed) if told.entry.sealed else {}
    data = event.model_dump(mode="json", exclude=set(sealed_fields(type(event))))
    opened = data.pop("open_answers", None)
    answers = {} if opened is None else {"answers": opened, "open": sorted(opened)}
    return {
        **answers,
        "version": told.entry.version,
        "position": told.entry.position,
        "type": told.entry.topic,
        "occurredAt": rfc3339(envelope.occurred_at),
        "recordedAt": rfc3339(instant_at(told.entry.recorded_at)),
        "actor": {"pseudonym": envelope.actor.pseudonym, "role": envelope.actor.role},
        "data": data,
        "sealed": sorted(name for names in fields.values() for name in names),
    }


def timeline_of(case: KnownCase) -> list[Told]:
    return sorted((*case.told, *case.looks), key=lambda told: told.entry.position)


def test_a_timeline_is_the_stream_event_by_event_with_the_looks_in_their_places(lived: Lived) -> None:
    cases = lived.cases

    async def scenario(views: Views) -> list[list[HistoryRow]]:
        return await asyncio.gather(*[views.case_history.history(case.case_id) for case in cases])

    histories = lived.reads(scenario)

    for timeline, history in zip(map(timeline_of, cases), histories, strict=True):
        assert [orjson.loads(row.entry) for row in history] == [expected_entry(told) for told in timeline]
        assert [(row.stream, row.version, row.position) for row in history] == [
            (told.entry.stream, told.entry.version, told.entry.position) for told in timeline
        ]
        assert [row.sealed for row in history] == [told.entry.sealed for told in timeline], "byte for byte"
    assert sum(bool(row.sealed) for history in histories for row in history) > 100


def test_no_view_holds_a_word_that_was_sealed(lived: Lived) -> None:
    """The keys of these lives are in no vault, so no fold could open a seal. Here no row shows a word of them."""
    rows = rows_of(lived.where.reader)

    shown = [table for table, found in rows.items() if WHISPER in repr(list(found))]

    assert shown == []
