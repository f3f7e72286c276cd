"""The metrics exist, are in Prometheus' format, and contain no personal data."""

from prometheus_client.parser import text_string_to_metric_families

from projections.folds import ALL_VIEWS
from tests.api.people import ANSWERS, People, address_of, position_of

Samples = dict[tuple[str, str], float]


def measured(people: People) -> Samples:
    """Return the metrics' samples by name and label."""
    answer = people.anyone.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_commits_are_counted_with_their_time_and_the_requests_that_shared_them(people: People) -> None:
    before = measured(people)
    people.citizen.submits(people.service)
    after = measured(people)

    assert after["pencere_append_seconds_count", ""] > before["pencere_append_seconds_count", ""]
    assert after["pencere_append_seconds_sum", ""] > before["pencere_append_seconds_sum", ""]
    assert after["pencere_append_batch_requests_sum", ""] > before["pencere_append_batch_requests_sum", ""]


def test_the_views_positions_and_lags_are_told(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    people.anyone.asks("/v1/services", position=position_of(submitted))
    told = measured(people)

    assert told["pencere_ledger_position", ""] >= int(position_of(submitted))
    for view in ALL_VIEWS:
        assert told["pencere_view_position", view.name] >= int(position_of(submitted))
        assert told["pencere_view_lag_events", view.name] >= 0
        assert told["pencere_view_stopped", view.name] == 0


def test_refusals_are_counted_by_their_rule(people: People) -> None:
    before = measured(people).get(("pencere_refusals_total", "token-needed"), 0)
    people.anyone.asks("/v1/my/cases")
    people.anyone.asks("/v1/my/cases")

    assert measured(people)["pencere_refusals_total", "token-needed"] == before + 2


def test_nothing_that_somebody_sent_is_in_the_metrics(people: People) -> None:
    case = address_of(people.citizen.submits(people.service))
    people.citizen.asks(f"{case}?asOf=Bagirova")
    text = people.anyone.http.get("/metrics").text

    for told in (*map(str, ANSWERS.values()), people.citizen.subject, case.rpartition("/")[2], "Bagirova"):
        assert told == "3" or told not in text
