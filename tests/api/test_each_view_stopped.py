"""Each view is stopped alone: which reads then fail, and what the other reads say about it."""

import itertools
from collections.abc import Iterator

import httpx2
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from projections.folds import ALL_VIEWS
from tests.api.a_register import NOBODY_COORDINATES_YET, registered
from tests.api.people import People, address_of, assert_problem, position_of
from tests.api.running import fresh_databases
from tests.api.stopping import StoppableWindow, people_at

_numbers = itertools.count(1)

# Every route that reads views, with the role that asks here and the views that the answer needs.
READS: dict[str, tuple[str, set[str]]] = {
    "/v1/my/cases": ("citizen", {"case_status"}),
    "{case}": ("citizen", {"case_status"}),
    "{case}/history": ("citizen", {"case_history"}),
    "{case}/history#official": ("official", {"case_history", "case_status"}),
    "/v1/desks/north/worklist": ("official", {"worklist"}),
    "/v1/services": ("anyone", {"catalogue"}),
    "/v1/services/{service}": ("anyone", {"catalogue"}),
    "/v1/agencies": ("anyone", {"catalogue"}),
    "/v1/catalogue": ("anyone", {"catalogue", "resource_register"}),
    "/v1/catalogue/services/{service}": ("anyone", {"catalogue", "resource_register"}),
    "/v1/catalogue/agencies/{agency}": ("anyone", {"catalogue", "resource_register"}),
    "/v1/register": ("anyone", {"resource_register"}),
    "/v1/elements": ("anyone", {"resource_register"}),
    "/v1/elements/{element}": ("anyone", {"resource_register", "catalogue"}),
    "/v1/resources": ("anyone", {"resource_register"}),
    "/v1/resources/{resource}": ("anyone", {"resource_register", "catalogue"}),
    "/v1/resources/{resource}/similar": ("coordinator", {"resource_register"}),
    "/v1/grants": ("anyone", {"resource_register"}),
    "/v1/violations": ("anyone", {"resource_register", "catalogue"}),
    "/v1/evaluation/services": ("anyone", {"service_performance"}),
    "/v1/evaluation/services/{service}": ("anyone", {"service_performance", "catalogue"}),
    "/v1/evaluation/figures?per=agency&month=2026-11": ("anyone", {"figures"}),
    "/v1/once-only?per=resource&month=2026-11": ("anyone", {"once_only"}),
    "/v1/events": ("system", {"agency_feed"}),
    "/v1/events#auditor": ("auditor", set()),
    "/v1/subscriptions": ("system", {"subscriptions"}),
    "/v1/subscriptions/{subscription}": ("system", {"subscriptions"}),
}


@pytest.fixture(scope="module")
def stoppable(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoppableWindow]:
    folder = tmp_path_factory.mktemp("stoppable")
    with fresh_databases(postgres, "stoppable") as where, StoppableWindow(where, folder) as window:
        window.running.appends(registered(NOBODY_COORDINATES_YET))
        yield window


@pytest.fixture
def here(stoppable: StoppableWindow) -> Iterator[People]:
    number = next(_numbers)
    with people_at(stoppable.running, f"office-{number}", f"leave-{number}", number) as people:
        asked = people.system.sends(subscription_of(people), {"topics": ["case.submitted"]}, method="PUT")
        assert asked.is_success, asked.text
        yield people


def subscription_of(here: People) -> str:
    """Return the address of the agency's subscription."""
    return f"/v1/subscriptions/events-of-{here.agency}"


def asks(here: People, read: str, case: str, **headers: str) -> httpx2.Response:
    path, who = read.partition("#")[0], READS[read][0]
    person = getattr(here, who)
    answer: httpx2.Response = person.asks(
        path.format(
            case=case,
            service=here.service,
            agency=here.agency,
            subscription=f"events-of-{here.agency}",
            element="person.birth_date",
            resource="population-register",
        ),
        **headers,
    )
    return answer


@pytest.mark.parametrize("view", [view.name for view in ALL_VIEWS])
def test_whoever_asks_for_a_later_position_is_told_which_view_stands_and_the_others_read_on(
    stoppable: StoppableWindow, here: People, view: str
) -> None:
    old = here.citizen.submits(here.service)
    with stoppable.stopped(view, lambda: here.citizen.submits(here.service)):
        last = position_of(here.neighbour.submits(here.service))
        for read, (_, needed) in READS.items():
            answer = asks(here, read, address_of(old), Position_Token=last, Prefer="wait=10")
            if view in needed:
                assert assert_problem(answer, 503, "view-stopped")["views"] == [view]
                assert int(answer.headers["Retry-After"]) >= 1
            else:
                assert answer.status_code == 200, (read, answer.text)
                assert "View-Stopped" not in answer.headers


@pytest.mark.parametrize("view", [view.name for view in ALL_VIEWS])
def test_what_the_view_has_already_is_answered_and_says_that_it_has_stopped(
    stoppable: StoppableWindow, here: People, view: str
) -> None:
    old = here.citizen.submits(here.service)
    for _ in range(2):  # with the token of a position that the view has, and without one
        assert asks(here, "{case}", address_of(old), Position_Token=position_of(old)).status_code == 200
    with stoppable.stopped(view, lambda: here.neighbour.submits(here.service)):
        for read, (_, needed) in READS.items():
            for headers in ({}, {"Position_Token": position_of(old)}):
                answer = asks(here, read, address_of(old), **headers)

                assert answer.status_code == 200, (read, answer.text)
                assert answer.headers.get("View-Stopped") == (view if view in needed else None), read


@pytest.mark.parametrize("read", ["{case}", "{case}/history", "/v1/my/cases"])
def test_a_withdrawn_case_is_not_shown_as_submitted(stoppable: StoppableWindow, here: People, read: str) -> None:
    view = next(iter(READS[read][1]))
    case = here.citizen.submits(here.service)
    assert asks(here, read, address_of(case), Position_Token=position_of(case), Prefer="wait=10").status_code == 200
    with stoppable.stopped(view, lambda: here.citizen.sends(f"{address_of(case)}/withdrawal", seen=case)):
        answer = asks(here, read, address_of(case))

        assert assert_problem(answer, 503, "view-stopped")["views"] == [view]


def test_a_subscription_that_was_ended_is_not_shown_as_it_stood(stoppable: StoppableWindow, here: People) -> None:
    address = subscription_of(here)
    granted = here.coordinator.sends(f"{address}/grant", seen=1)
    shown = here.system.asks(address, position=position_of(granted))
    assert (shown.status_code, shown.json()["status"]) == (200, "granted")
    with stoppable.stopped("subscriptions", lambda: here.citizen.submits(here.service)):
        still = here.system.asks(address)
        assert (still.status_code, still.headers["View-Stopped"]) == (200, "subscriptions")
        ended = here.system.sends(f"{address}/ending", seen=granted)
        for reader in (here.system, here.coordinator, here.auditor):
            assert assert_problem(reader.asks(address), 503, "view-stopped")["views"] == ["subscriptions"]
        assert_problem(here.other_system.asks(address), 404, "no-such-subscription")

    assert here.system.asks(address, position=position_of(ended)).json()["status"] == "ended"


@pytest.mark.parametrize("read", ["{case}", "{case}/history", "/v1/my/cases"])
def test_a_new_case_is_not_said_to_be_missing_to_its_own_applicant(
    stoppable: StoppableWindow, here: People, read: str
) -> None:
    view = next(iter(READS[read][1]))
    with stoppable.stopped(view, lambda: here.neighbour.submits(here.service)):
        case = address_of(here.citizen.submits(here.service))

        assert assert_problem(asks(here, read, case), 503, "view-stopped")["views"] == [view]
        if read.startswith("{case}"):
            stranger = here.neighbour.asks(read.format(case=case))
            assert_problem(stranger, 404, "no-such-case")


def test_a_stopped_catalogue_tells_nobody_that_something_is_not_there(stoppable: StoppableWindow, here: People) -> None:
    paths = ("/v1/services/unheard-of", "/v1/evaluation/services/unheard-of")
    for path in paths:
        assert here.anyone.asks(path).status_code == 404
    with stoppable.stopped("catalogue", lambda: here.citizen.submits(here.service)):
        for path in paths:
            assert_problem(here.anyone.asks(path), 503, "view-stopped")


def test_a_stopped_register_tells_nobody_that_something_is_not_there(stoppable: StoppableWindow, here: People) -> None:
    paths = ("/v1/resources/unheard-of", "/v1/elements/unheard.of")
    for path in paths:
        assert here.anyone.asks(path).status_code == 404
    with stoppable.stopped("resource_register", lambda: here.citizen.submits(here.service)):
        for path in paths:
            assert_problem(here.anyone.asks(path), 503, "view-stopped")


def test_readiness_names_what_has_stopped_and_a_load_balancer_may_pass_over_it(
    stoppable: StoppableWindow, here: People
) -> None:
    assert here.anyone.asks("/health/ready").status_code == 200
    with stoppable.stopped("worklist", lambda: here.citizen.submits(here.service)):
        assert assert_problem(here.anyone.asks("/health/ready"), 503, "view-stopped")["views"] == ["worklist"]
        passed_over = here.anyone.asks("/health/ready?exclude=stopped-views")
        assert (passed_over.status_code, passed_over.json()["stopped"]) == (200, ["worklist"])
        assert 'pencere_view_stopped{view="worklist"} 1.0' in here.anyone.asks("/metrics").text
    assert here.anyone.asks("/health/ready").json()["stopped"] == []
    assert here.anyone.asks("/health/ready?exclude=everything").status_code == 400
