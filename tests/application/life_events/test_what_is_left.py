"""Nothing in the ledger joins the cases of a life event, nothing is left of an erased one, and an audit is just."""

import re

import psycopg
import pytest

from application.cases.erasure import erase_person
from application.cases.requests import Submission
from application.cases.submission import submit
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import ServiceDraft, ServiceWithdrawal
from application.life_events.reading import LifeEvent, LifeEventNotFoundError, own_life_event
from application.verifying.ledger import check_ledger
from application.verifying.workers import here
from application.window import Window
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from tests.application.life_events.nursery import BIRTH, born, publish
from tests.application.life_events.scenarios import LEYLA, Run
from tests.application.town import COORDINATOR, ISSUER, SERVICE


def test_an_erased_persons_life_event_is_unknown_to_everybody(
    run: Run, postgres: EmbeddedPostgres, vault_database: str
) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)
        await erase_person(window, ISSUER, LEYLA.subject)

        with pytest.raises(LifeEventNotFoundError):
            await own_life_event(window, LEYLA, birth.life_event)
        assert await window.vault.life_events_of(ISSUER, LEYLA.subject, None, 10) == []
        with psycopg.connect(postgres.vault_url("pencere_owner", vault_database)) as owner:
            assert owner.execute("SELECT count(*) FROM vault.keys WHERE life_event IS NOT NULL").fetchone() == (0,)

    run(scenario)


def test_a_life_event_is_unknown_as_soon_as_the_cases_say_that_the_person_is_erased(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)

        async def crash(*_: object) -> None:
            raise RuntimeError("killed here")

        with monkeypatch.context() as fault:
            fault.setattr(window.vault, "shred", crash)
            with pytest.raises(RuntimeError):
                await erase_person(window, ISSUER, LEYLA.subject)
        with pytest.raises(LifeEventNotFoundError):
            await own_life_event(window, LEYLA, birth.life_event)

    run(scenario)


def test_nothing_in_the_ledger_is_equal_in_two_cases_of_one_life_event(
    run: Run, postgres: EmbeddedPostgres, ledger_database: str
) -> None:
    """Nor does anything name the life event. What is left are words of the law, the window and the day."""
    public = {
        *("actor", "agencies", "causation", "correlation", "data", "occurred_at", "origin", "schema", "live"),
        *("pseudonym", "role", "applicant", "channel", "internet", "term_began", "last_day", "time_zone"),
        *("language", "en", "open_answers", "reference", "service", "service_version", "register_version"),
        *(
            "calendar",
            "calendar_version",
            "last_day_is_stated",
            "suspended_for",
            "agency",
            "desk",
            "front",
            "case.submitted",
            "nonce",
            "party",
            "person",
            "proved",
        ),
        *("position", "stream", "version", "recorded_at", "topic", "salt", "open", "sealed"),
    }
    found: list[LifeEvent] = []

    async def scenario(window: Window) -> None:
        found.append(await born(window, LEYLA))

    run(scenario)
    [birth] = found
    one, other = (case.case_id for case in birth.cases)
    with psycopg.connect(postgres.ledger_url("pencere_owner", ledger_database)) as owner:
        rows = owner.execute(
            "SELECT stream, to_json(e)::text, convert_from(open, 'utf8'), convert_from(sealed, 'utf8')"
            " FROM ledger.events AS e"
        ).fetchall()
        keys = owner.execute("SELECT k::text FROM ledger.idempotency_keys AS k").fetchall()
    values = {
        case: {value for stream, *texts in rows if stream == case for value in _values(texts)} for case in (one, other)
    }
    shared = values[one] & values[other]
    days = {value for value in shared if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)}

    assert shared - days <= public
    everything = " ".join(" ".join(map(str, row)) for row in rows) + " ".join(key for (key,) in keys)
    assert str(birth.life_event) not in everything
    assert birth.life_event.hex not in everything
    in_hashes = [set(re.findall(r"[0-9a-f]{32}", key)) for (key,) in keys]
    assert len(in_hashes) == 2
    assert not in_hashes[0] & in_hashes[1]


def _values(texts: list[str]) -> set[str]:
    """Return every text of a row and of its parts, and every number that could tell something."""
    found = set[str]()
    for text in texts:
        found |= set(re.findall(r'"((?:[^"\\]|\\.)*)"', text))
        found |= set(re.findall(r"(?<![\w.-])\d{3,}(?![\w.-])", text))
    return found


def test_two_parts_are_never_asked_for_at_the_same_instant(run: Run) -> None:
    async def scenario(window: Window) -> None:
        now = window.clock()
        stands_still = window._replace(clock=lambda: now)
        birth = await born(stands_still, LEYLA)

        assert len({case.since for case in birth.cases}) == 2

    run(scenario)


def test_an_auditor_finds_nothing_wrong_with_life_events_whatever_was_withdrawn_since(
    run: Run, postgres: EmbeddedPostgres, ledger_database: str
) -> None:
    async def scenario(window: Window) -> None:
        await born(window, LEYLA)
        for slug in ("name", "allowance", "birth"):
            await change_catalogue(window, COORDINATOR, ServiceWithdrawal(), slug)

    run(scenario)
    reader = postgres.ledger_url("pencere_reader", ledger_database)
    checked = check_ledger(reader, Against(), here, lambda _done, _total: None)
    assert [found for found in checked.findings if found.check != "checkpoint"] == []


def test_an_auditor_finds_a_case_of_a_life_event_and_one_that_opens_what_never_held(
    run: Run, postgres: EmbeddedPostgres, ledger_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(window: Window) -> None:
        with monkeypatch.context() as bribed:
            bribed.setattr("domain.case.decisions.SUBMISSION_RULES", ())
            await submit(window, LEYLA, Submission(service="birth"), "internet", None)
        with monkeypatch.context() as bribed:
            bribed.setattr("domain.service.decisions.PUBLICATION_RULES", ())
            draft = SERVICE.model_copy(update={"slug": "draft", "agency": "fund"})
            await change_catalogue(window, COORDINATOR, ServiceDraft(definition=draft))
            await publish(window, BIRTH.model_copy(update={"slug": "adoption", "opens": ("draft",)}))

    run(scenario)
    reader = postgres.ledger_url("pencere_reader", ledger_database)
    checked = check_ledger(reader, Against(), here, lambda _done, _total: None)
    told = " ".join(str(found) for found in checked.findings)
    assert "service-is-a-life-event" in told
    assert "opened-service-not-in-force" in told
