"""Figures and stars by hand-computed examples; small numbers are withheld, also from who can subtract."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.deadlines import last_day, working_days
from domain.evaluation.catalogue import CATALOGUE
from domain.evaluation.figures import Figure, as_text, computed_figure, figures_of
from domain.evaluation.indicator import Criterion, Graded, Indicator, StarFormula
from domain.evaluation.measures import Tally
from domain.evaluation.stars import Stars, stars_of
from domain.topics import TOPICS
from domain.values import Term

BY_ID = {each.id: each for each in CATALOGUE.indicators}
FEW = Figure(None, "too few cases")
NOTHING = Figure(None, "nothing to measure")
TALLY: Tally = {
    "submitted": {"online": 5, "Internet": 2, "desk": 2},
    "decided": {"granted": 6, "refused": 2, "partly": 1},
    "closed": {"late": 1, "in_time": 7, "no_term": 1},
    "working_days": {"3": 4, "7": 2, "10": 3, "40": 1},
    "calendar_days": {"3": 1, "4": 4, "9": 2, "16": 2},
    "suspended": {"0": 3, "12": 2},
    "phases": {"online": 2, "not_online": 1},
    "evidence_asked": {"": 9},
    "evidence_answered": {"within_level": 5, "after_level": 2},
    "asked_instead": {"exception": 2, "no_exception": 1},
    "waited_for_resources": {"0": 4, "3": 2, "11": 1},
    "waited_for_applicants": {"0": 1, "2": 3, "30": 2},
}


def figures(*parts: Tally) -> dict[str, str | None]:
    return {name: figure.value for name, figure in figures_of(CATALOGUE.indicators, parts).items()}


def test_figures_are_those_computed_by_hand() -> None:
    assert figures(TALLY) == {
        "submitted": "9",
        "decided": "9",
        "granted": "6",
        "refused": "2",
        "partly": "1",
        "closed": "9",
        "late": "1",
        "finished": "10",
        "median_working_days": "7.0",  # 3 3 3 3 7 7 10 10 10 40
        "p90_working_days": "10",
        "median_calendar_days": "4.0",
        "p90_calendar_days": "16",
        "answered_by_applicants": "5",
        "suspended_days_applicant": "24",
        "stages_online": "0.6667",
        "share_electronic": "0.7778",
        "evidence_asked": "9",
        "evidence_answered": "7",
        "evidence_in_time": "5",
        "evidence_exceptions": "2",
        "suspended_days_resources": "17",
        "suspended_days_applicant_evidence": "66",
    }


def test_between_two_middle_durations_the_median_is_half_of_their_sum() -> None:
    tally: Tally = {"working_days": {"1": 3, "4": 3}}

    assert figures(tally)["median_working_days"] == "2.5"


def test_where_nothing_happened_counts_are_zero_and_nothing_else_is_known() -> None:
    found = figures_of(CATALOGUE.indicators, [{}])

    assert {name for name, figure in found.items() if figure == NOTHING} == {
        "median_working_days",
        "p90_working_days",
        "median_calendar_days",
        "p90_calendar_days",
        "stages_online",
        "share_electronic",
    }
    assert all(figure in {Figure("0"), NOTHING} for figure in found.values())


@pytest.mark.parametrize("name", [each.id for each in CATALOGUE.indicators if each.withheld_below])
@pytest.mark.parametrize(("cases", "is_shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_figure_about_fewer_than_five_cases_is_withheld(name: str, cases: int, *, is_shown: bool) -> None:
    tally: Tally = {BY_ID[name].computed.measure: {"1": cases}}

    assert (figures_of([BY_ID[name]], [tally])[name] != FEW) is is_shown


def test_only_figures_that_count_cases_and_tell_nothing_of_them_are_never_withheld() -> None:
    assert {each.id for each in CATALOGUE.indicators if not each.withheld_below} == {
        "submitted",
        "decided",
        "closed",
        "finished",
        "answered_by_applicants",
        "stages_online",
        # They tell what resources do.
        "evidence_asked",
        "evidence_answered",
        "evidence_in_time",
        "evidence_exceptions",
    }


def test_outcomes_are_withheld_together_so_that_none_follows_from_the_others() -> None:
    found = figures_of(CATALOGUE.indicators, [{"decided": {"granted": 3, "refused": 1}}])

    assert found["decided"] == Figure("4")
    assert found["granted"] == found["refused"] == found["partly"] == FEW


def test_an_agencys_figure_is_withheld_where_it_would_betray_that_of_a_small_service() -> None:
    large, small, small_too = ({"decided": {"granted": each}} for each in (20, 2, 3))

    assert figures_of(CATALOGUE.indicators, [large, small])["granted"] == FEW
    assert figures_of(CATALOGUE.indicators, [large, small])["decided"] == Figure("22")
    assert figures_of(CATALOGUE.indicators, [large, small, small_too])["granted"] == Figure("25")
    assert figures_of(CATALOGUE.indicators, [small, small_too])["granted"] == Figure("5")


def test_a_median_betrays_no_part_and_is_shown_for_the_whole() -> None:
    large, small = ({"working_days": {days: count}} for days, count in (("4", 20), ("90", 2)))

    assert figures(large, small)["median_working_days"] == "4.0"


DAYS = st.lists(st.integers(0, 60), min_size=5, max_size=80)


@given(DAYS)
def test_medians_and_percentiles_are_those_of_the_sorted_durations(days: list[int]) -> None:
    found = figures({"working_days": {str(day): count for day, count in Counter(days).items()}})

    assert Fraction(found["median_working_days"] or "") == Fraction(median(days))
    nine_in_ten = Fraction(found["p90_working_days"] or "")
    assert sum(day <= nine_in_ten for day in days) * 10 >= len(days) * 9
    assert sum(day < nine_in_ten for day in days) * 10 < len(days) * 9


@given(st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_working_days_are_monday_to_friday_after_the_first_day(began: date, days: int) -> None:
    ended = began + timedelta(days=days)
    counted = [began + timedelta(days=each) for each in range(1, days + 1)]

    assert working_days(began, ended) == sum(each.isoweekday() <= 5 for each in counted)
    assert working_days(ended, began) == 0


@given(st.dates(), st.integers(1, 2000))
def test_a_term_of_working_days_is_over_after_so_many_working_days(began: date, days: int) -> None:
    over = last_day(began, Term(days=days, kind="working"))

    assert over == date.max or working_days(began, over) == days


@pytest.mark.parametrize(("value", "scale", "text"), [("1/3", 4, "0.3333"), ("2/3", 1, "0.7"), ("1/2", 0, "1")])
def test_numbers_are_texts_rounded_half_up(value: str, scale: int, text: str) -> None:
    assert as_text(Fraction(value), scale) == text


def test_every_indicator_has_names_in_two_languages_known_sources_and_its_own_id() -> None:
    assert len(BY_ID) == len(CATALOGUE.indicators)
    for each in CATALOGUE.indicators:
        assert each.name.keys() >= {"en", "az"}
        assert each.formula["en"]
        assert each.sources
        assert set(each.sources) <= TOPICS.keys()
        assert computed_figure(each, [TALLY]).value is not None


def graded(indicator: str, weight: int, *steps: str) -> Graded:
    return Graded(indicator=indicator, weight=weight, steps=steps)


FORMULA = StarFormula(
    version=7,
    formula={"en": "As in the example."},
    criteria=(
        Criterion(
            id="one", name={"en": "One"}, weight=3, indicators=(graded("a", 2, "0.5", "1"), graded("b", 1, "10", "20"))
        ),
        Criterion(id="two", name={"en": "Two"}, weight=1, indicators=(graded("c", 1, "1", "2", "3", "4"),)),
        Criterion(id="three", name={"en": "Three"}, weight=9),
    ),
)


@pytest.mark.parametrize(
    ("a", "b", "c", "stars"),
    [
        # (2 x 2 + 1 x 3) / 3 = 2.33; (3 x 2.33 + 1 x 5) / 4 = 3
        ("0.5", "20", "4", Stars("3.0", {"one": "2.3", "two": "5.0", "three": None})),
        ("0.4999", "9", "0", Stars("1.0", {"one": "1.0", "two": "1.0", "three": None})),
        ("1.0000", None, None, Stars("3.0", {"one": "3.0", "two": None, "three": None})),
        (None, None, "2", Stars("3.0", {"one": None, "two": "3.0", "three": None})),
        (None, None, None, Stars(None, {"one": None, "two": None, "three": None})),
    ],
)
def test_stars_are_weighted_means_of_what_is_measured(
    a: str | None, b: str | None, c: str | None, stars: Stars
) -> None:
    assert stars_of(FORMULA, {"a": Figure(a), "b": Figure(b), "c": Figure(c)}) == stars


def test_a_step_of_an_indicator_where_less_is_better_is_reached_from_above() -> None:
    less = Graded(indicator="a", weight=1, steps=("0.2", "0.1"), direction="at_most")
    formula = StarFormula(
        version=1, formula={"en": "-"}, criteria=(Criterion(id="x", name={"en": "X"}, weight=1, indicators=(less,)),)
    )

    given = {value: stars_of(formula, {"a": Figure(value)}).overall for value in ("0.3", "0.2", "0.1", "0")}

    assert given == {"0.3": "1.0", "0.2": "2.0", "0.1": "3.0", "0": "3.0"}


def test_the_published_formula_has_the_four_criteria_of_2025_and_stars_from_one_to_five() -> None:
    assert [each.id for each in CATALOGUE.stars.criteria] == [
        "accessibility",
        "data-management",
        "integration",
        "security",
    ]
    for criterion in CATALOGUE.stars.criteria:
        for each in criterion.indicators:
            steps = [Fraction(step) for step in each.steps]
            assert len(steps) == 4
            assert steps == sorted(set(steps), reverse=each.direction == "at_most")
            assert each.indicator in BY_ID


def test_the_published_stars_are_those_computed_by_hand() -> None:
    made = stars_of(CATALOGUE.stars, figures_of(CATALOGUE.indicators, [TALLY]))

    # stages_online 0.6667 has reached 0.3 and 0.6: 3 stars, twice; share_electronic 0.7778 has reached three: 4
    assert made.overall == made.criteria["accessibility"] == "3.3"
    assert [each.id for each in CATALOGUE.stars.criteria if made.criteria[each.id] is None] == [
        "data-management",
        "integration",
        "security",
    ]


def test_a_withheld_figure_gives_no_stars() -> None:
    tally: Tally = {"submitted": {"online": 4}}

    assert stars_of(CATALOGUE.stars, figures_of(CATALOGUE.indicators, [tally])).overall is None


def test_an_indicator_is_compared_by_its_parts() -> None:
    assert Indicator.model_validate(BY_ID["late"].model_dump()) == BY_ID["late"]
