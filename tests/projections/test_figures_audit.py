"""The figures counted again from the events alone are the view's; whatever is changed by hand is named."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest

from domain.evaluation.catalogue import CATALOGUE
from domain.topics import TOPICS as ALL_TOPICS
from projections.figures.audit import Differing, FiguresAudited, FiguresUnreadableError, audit_figures
from projections.figures.by_hand import FIGURES
from projections.figures.recount import TOPICS
from projections.folds import ALL_VIEWS
from tests.api.running import Where
from tests.projections.folding import fold
from tests.projections.lived import Lived
from tests.projections.lives import Country, append


def silent(_: int, __: int) -> None:
    """Show no progress."""


def audited(where: Where, position: int | None = None) -> FiguresAudited:
    return audit_figures(where.reader, silent, position)


def test_an_honest_view_is_equal_to_the_recount_at_any_position(lived: Lived) -> None:
    last = lived.told[-1].decoded.position
    for position in (None, 0, 1, last // 3, last):
        found = audited(lived.where, position)

        assert found.differences == []
        assert found.position >= (position or 0)
        assert found.figures > 0


def test_every_indicator_is_recounted_from_all_the_topics_that_it_names() -> None:
    assert FIGURES.keys() == {each.id for each in CATALOGUE.indicators}
    assert set(TOPICS) == {topic for each in CATALOGUE.indicators for topic in each.sources}
    assert set(TOPICS) <= ALL_TOPICS.keys()


def changed(owner: str, statement: str) -> None:
    with psycopg.connect(owner) as connection:
        assert connection.execute(statement.encode()).rowcount > 0


@pytest.mark.parametrize(
    ("statement", "table", "indicators"),
    [
        ("UPDATE figures.tallies SET amount = amount + 1 WHERE measure = 'submitted'", "tallies", {"submitted"}),
        ("DELETE FROM figures.changes WHERE measure = 'suspended'", "changes", {"answered_by_applicants"}),
        (
            "UPDATE figures.tallies SET detail = '9' || detail WHERE measure = 'waited_for_applicants'",
            "tallies",
            {"suspended_days_applicant_evidence"},
        ),
        ("UPDATE figures.changes SET detail = '999' WHERE measure = 'working_days'", "changes", {"p90_working_days"}),
        ("UPDATE figures.versions SET online = 3, phases = 3", "changes", {"stages_online"}),
        (
            "INSERT INTO figures.tallies SELECT service, '1997-01', 'decided', 'granted', 7 FROM figures.services",
            "tallies",
            {"granted", "decided"},
        ),
    ],
)
def test_a_figure_that_does_not_follow_from_the_events_is_named(
    where: Where, last: int, owner: str, statement: str, table: str, indicators: set[str]
) -> None:
    assert audited(where).differences == []

    changed(owner, statement)
    found = audited(where).differences

    assert {each.indicator for each in found} >= indicators
    assert any(each.table == table for each in found)
    assert all(each.shown != each.recounted for each in found)
    assert last > 0


def test_the_difference_says_service_month_and_both_values(where: Where, last: int, owner: str) -> None:
    with psycopg.connect(owner) as connection:
        [(service, agency)] = connection.execute("SELECT service, agency FROM figures.services LIMIT 1").fetchall()
        connection.execute("INSERT INTO figures.tallies VALUES (%s, '1997-01', 'closed', 'late', 7)", [service])
    found: Sequence[Differing] = audited(where).differences

    assert Differing("tallies", "service", service, "1997-01", "late", "7", "0") in found
    assert Differing("tallies", "agency", agency, "1997-01", "late", "7", "0") in found
    assert last > 0


def test_a_view_that_has_not_come_so_far_is_no_difference(where: Where) -> None:
    others = [view for view in ALL_VIEWS if view.name != "figures"]

    async def scenario() -> int:
        position = await append(where.writer, Country(3).live(40))
        await fold(where.projector, position, others)
        return position

    position = asyncio.run(scenario())

    assert audited(where) == FiguresAudited(0, 0, [])
    with pytest.raises(FiguresUnreadableError, match="only come to position 0"):
        audited(where, position)
