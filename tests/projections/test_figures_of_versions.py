"""The phases that are online in a month are those of the version that holds on its last day."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from application.identity import service_stream
from application.storing import new_events
from domain.envelope import Actor, Envelope
from domain.event import Event
from domain.service.definition import Phase, Step, StepChannel
from domain.service.events import ServiceDrafted, ServicePublished, ServiceSuperseded, ServiceWithdrawn
from projections.figures.audit import audit_figures
from projections.views import Views
from tests.api.running import Where
from tests.domain.town import SERVICE
from tests.projections.folding import fold
from tests.projections.lives import append

COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")
MONTHS = ("2026-10", "2026-11", "2026-12", "2027-01", "2027-02")
BOTH: Sequence[tuple[Phase, StepChannel | None]] = (("apply", "electronic"), ("result", "office"))
ALL: Sequence[tuple[Phase, StepChannel | None]] = (("apply", "electronic"), ("apply", "electronic"))
UNSAID: Sequence[tuple[Phase, StepChannel | None]] = (("process", "electronic"), ("process", None))


def drafted(version: int, steps: Sequence[tuple[Phase, StepChannel | None]]) -> ServiceDrafted:
    made = [
        Step(name=f"T{number}", label={"en": "Step"}, first=True, phase=phase, channel=channel)
        for number, (phase, channel) in enumerate(steps)
    ]
    return ServiceDrafted(version=version, definition=SERVICE.model_copy(update={"steps": tuple(made)}))


def published(version: int, begins: date | None = None, ends: date | None = None) -> ServicePublished:
    return ServicePublished(version=version, local_date=begins, valid_from=begins, valid_to=ends)


DECEMBER, FEBRUARY, HALF = date(2026, 12, 10), date(2027, 2, 1), "0.5000"
WITHDRAWN = ServiceWithdrawn(version=1)


@pytest.mark.parametrize(
    ("events", "online"),
    [
        # Published before there were dates: it holds from the date of its publication, 24 November.
        ([drafted(1, BOTH), published(1)], [None, HALF, HALF, HALF, HALF]),
        ([drafted(1, BOTH), published(1, DECEMBER)], [None, None, HALF, HALF, HALF]),
        ([drafted(1, BOTH), published(1, DECEMBER, date(2027, 1, 30))], [None, None, HALF, None, None]),
        ([drafted(1, BOTH), published(1, DECEMBER, date(2027, 1, 31))], [None, None, HALF, HALF, None]),
        (
            [
                drafted(1, BOTH),
                published(1),
                drafted(2, ALL),
                published(2, FEBRUARY),
                ServiceSuperseded(version=1, by=2),
            ],
            [None, HALF, HALF, HALF, "1.0000"],
        ),
        ([drafted(1, UNSAID), published(1)], [None, "0.0000", "0.0000", "0.0000", "0.0000"]),
        ([drafted(1, ()), published(1)], [None] * 5),
        ([drafted(1, BOTH), published(1), WITHDRAWN], [None] * 5),
        # Withdrawn before the day from which it would have held: it never holds.
        ([drafted(1, BOTH), published(1, DECEMBER), WITHDRAWN], [None] * 5),
    ],
)
def test_the_version_that_holds_on_the_last_day_counts(
    where: Where, events: Sequence[Event], online: Sequence[str | None]
) -> None:
    stream: UUID = service_stream(SERVICE.slug)
    at = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    envelope = Envelope(actor=COORDINATOR, agencies=(SERVICE.agency,), occurred_at=at, origin="live")

    async def scenario() -> list[str | None]:
        await fold(where.projector, await append(where.writer, new_events(stream, 0, events, envelope, None)))
        found = []
        async with Views(where.reader) as views:
            for month in MONTHS:
                [page] = await views.figures.page("service", month)
                found += [each.value for each in page.figures if each.indicator == "stages_online"]
        return found

    assert asyncio.run(scenario()) == online
    audited = audit_figures(where.reader, lambda _done, _all: None)
    assert audited.differences == []
    assert audited.figures > 0
