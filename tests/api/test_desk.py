"""The desk assigns its oldest case; nobody can pick one."""

from tests.api.people import People, position_of


def test_a_worklist_goes_from_the_oldest_on_page_by_page(people: People) -> None:
    submitted = [people.citizen.submits(people.service) for _ in range(5)]
    page = people.official.asks("/v1/desks/north/worklist?limit=2", position=position_of(submitted[-1]))
    found = page.json()["items"]
    while "next" in page.links:
        page = people.official.asks(page.links["next"]["url"])
        found += page.json()["items"]

    assert [item["caseId"] for item in found] == [answer.json()["caseId"] for answer in submitted]


def test_an_official_finds_their_own_cases(people: People) -> None:
    submitted = [people.citizen.submits(people.service) for _ in range(2)]
    mine = people.official.is_drawn_for(submitted[0])

    shown = {
        show: people.official.asks(f"/v1/desks/north/worklist?show={show}", position=position_of(mine)).json()["items"]
        for show in ("all", "mine", "unassigned")
    }

    assert [item["caseId"] for item in shown["mine"]] == [submitted[0].json()["caseId"]]
    assert [item["caseId"] for item in shown["unassigned"]] == [submitted[1].json()["caseId"]]
    assert len(shown["all"]) == 2


def test_a_cursor_that_no_page_gave_is_refused(people: People) -> None:
    for path in ("/v1/desks/north/worklist", "/v1/desks/north/worklist"):
        for cursor in ("x", "-", "YWJj"):
            assert people.official.asks(f"{path}?cursor={cursor}").json()["rule"] == "cursor-is-from-a-page"
