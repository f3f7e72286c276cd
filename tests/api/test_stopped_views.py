"""A stopped view is never shown as current: a request that needs newer events than it has gets the view's name."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from projections.agency_feed.fold import VIEW as AGENCY_FEED
from projections.case_history.fold import VIEW as CASE_HISTORY
from projections.case_status.fold import VIEW as CASE_STATUS
from projections.folds import ALL_VIEWS
from projections.recorded import Recorded
from projections.service_performance.fold import VIEW as SERVICE_PERFORMANCE
from projections.tables import Rows
from projections.view import View
from projections.worklist.fold import VIEW as WORKLIST
from tests.api.people import People, address_of, assert_problem, permit, position_of
from tests.api.running import RunningWindow, Where, fresh_databases
from tests.api.stopping import until

STOPPING = (AGENCY_FEED, CASE_HISTORY, CASE_STATUS, SERVICE_PERFORMANCE, WORKLIST)
"""The views that this module stops; the catalogue and the subscriptions go on."""


def stopping_at_a_withdrawal(view: View) -> View:
    """Return the view with a fold that takes no withdrawal."""

    def fold(rows: Rows, event: Recorded) -> None:
        if event.topic == "case.withdrawn":
            raise ValueError("this program cannot fold it")
        view.fold(rows, event)

    return view._replace(fold=fold)


@pytest.fixture(scope="module")
def places(postgres: EmbeddedPostgres) -> Iterator[Where]:
    with fresh_databases(postgres, "stopped") as where:
        yield where


class Stood:
    """A window in which views have stopped before the withdrawal of a case, and another case came after that."""

    def __init__(self, people: People) -> None:
        coordinator = people.coordinator
        entry = {"name": {"en": "Permits"}, "timeZone": "Asia/Baku", "desks": ["north"]}
        coordinator.sends(f"/v1/agencies/{people.agency}", entry, method="PUT")
        coordinator.sends("/v1/services", {"definition": permit(people.service, people.agency, "north")})
        published = coordinator.sends(f"/v1/services/{people.service}/publication", {"version": 1})
        self.people = people
        self.published = position_of(published)
        submitted = people.citizen.submits(people.service)
        self.case = address_of(submitted)
        assert people.citizen.asks(self.case, position=position_of(submitted)).status_code == 200
        self.withdrawn = position_of(people.citizen.sends(f"{self.case}/withdrawal", seen=submitted))
        self.later_case = address_of(people.citizen.submits(people.service))


@pytest.fixture(scope="module")
def stood(places: Where, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stood]:
    folds = [stopping_at_a_withdrawal(view) if view in STOPPING else view for view in ALL_VIEWS]
    with (
        RunningWindow(places, tmp_path_factory.mktemp("stopped"), folds=folds) as window,
        People(window.somebody, "agency", "permit", 0) as people,
    ):
        yield Stood(people)


def names_the_view(answer: httpx2.Response, view: str) -> None:
    problem = assert_problem(answer, 503, "view-stopped")
    assert problem["views"] == [view]
    assert int(answer.headers["Retry-After"]) == 60


@pytest.mark.parametrize(
    ("who", "path", "view"),
    [
        ("citizen", "{case}", "case_status"),
        ("citizen", "{case}/history", "case_history"),
        ("citizen", "/v1/my/cases", "case_status"),
        ("official", "{case}", "case_status"),
        ("official", "/v1/desks/north/worklist", "worklist"),
        ("system", "/v1/events", "agency_feed"),
        ("auditor", "/v1/events?agency=agency", "agency_feed"),
        ("auditor", "{case}", "case_status"),
        ("anyone", "/v1/evaluation/services", "service_performance"),
        ("anyone", "/v1/evaluation/services/permit", "service_performance"),
    ],
)
def test_whoever_needs_a_stopped_view_and_asks_for_later_is_told_its_name(
    stood: Stood, who: str, path: str, view: str
) -> None:
    person = getattr(stood.people, who)

    names_the_view(person.asks(path.format(case=stood.case), position=stood.withdrawn), view)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("anyone", "/v1/services"),
        ("anyone", "/v1/services/permit"),
        ("anyone", "/v1/agencies"),
        ("system", "/v1/subscriptions"),
        ("auditor", "/v1/events"),
    ],
)
def test_reads_that_do_not_need_a_stopped_view_go_on(stood: Stood, who: str, path: str) -> None:
    assert getattr(stood.people, who).asks(path, position=stood.withdrawn).status_code == 200


def test_what_a_stopped_view_has_is_still_read_by_who_asks_for_nothing_later(stood: Stood) -> None:
    read = stood.people.anyone.asks("/v1/evaluation/services/permit", position=stood.published)

    assert (read.json()["submitted"], read.json()["withdrawn"]) == (1, 0)
    assert read.headers["View-Stopped"] == "service_performance"


@pytest.mark.parametrize(
    ("path", "view"), [("{case}", "case_status"), ("{case}/history", "case_history"), ("/v1/my/cases", "case_status")]
)
def test_nobody_is_told_that_their_own_new_case_is_not_there(stood: Stood, path: str, view: str) -> None:
    names_the_view(stood.people.citizen.asks(path.format(case=stood.later_case)), view)


@pytest.mark.parametrize("who", ["official", "system", "auditor"])
def test_nobody_who_may_know_of_a_case_is_told_that_it_is_not_there(stood: Stood, who: str) -> None:
    names_the_view(getattr(stood.people, who).asks(stood.later_case), "case_status")


@pytest.mark.parametrize("who", ["neighbour", "stranger", "other_system"])
def test_who_may_not_know_of_a_case_does_not_learn_of_it_by_a_stopped_view(stood: Stood, who: str) -> None:
    assert_problem(getattr(stood.people, who).asks(stood.later_case), 404, "no-such-case")


def test_readiness_names_the_views_that_have_stopped(stood: Stood) -> None:
    answer = stood.people.anyone.asks("/health/ready")

    problem = assert_problem(answer, 503, "view-stopped")
    assert sorted(problem["views"]) == sorted(view.name for view in STOPPING)
    assert stood.people.anyone.asks("/health/live").status_code == 200


def test_a_restart_goes_on_once_the_cause_is_gone(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with fresh_databases(postgres, "restarted") as where:
        folds = [stopping_at_a_withdrawal(view) for view in ALL_VIEWS]
        with RunningWindow(where, tmp_path, folds=folds) as window, People(window.somebody, "a", "p", 1) as people:
            stood = Stood(people)
            names_the_view(people.citizen.asks(stood.case, position=stood.withdrawn), "case_status")
        with RunningWindow(where, tmp_path) as window, People(window.somebody, "a", "p", 1) as people:
            until(lambda: people.anyone.asks("/health/ready").status_code == 200)
            read = people.citizen.asks(stood.case, position=stood.withdrawn)

            assert read.json()["stage"] == "Withdrawn"
            assert people.citizen.asks(stood.later_case).status_code == 200
            assert people.anyone.asks("/health/ready").json()["stopped"] == []
