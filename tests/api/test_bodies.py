"""A body is parsed once, and its type is made from the result. This accepts exactly what parsing its bytes accepts."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.alias_generators import to_snake

from api.bodies import document_of
from api.keepers import ChainToAnchor, ShareToRecover, ShareToReveal
from api.preconditions import canonical
from api.refusals import BadRequestError
from api.seats import Absence, Conflict
from api.stand_ins import StandIn
from application.cases import requests as cases
from application.catalogue import calendar_requests as calendars
from application.catalogue import register_requests as registers
from application.catalogue.requests import AgencyDescription, ServiceDraft, ServicePublication, ServiceWithdrawal
from application.life_events import requests as life_events
from application.mandates import requests as mandates
from application.openings import requests as openings
from application.request_document import RequestDocument
from application.subscriptions import requests as subscriptions
from domain.subscription.events import SubscriptionRefused
from domain.text import TextHasSomethingToSee, check_texts
from tests.api.people import ANSWERS, People, assert_problem
from tests.domain.changing import changed, made
from tests.domain.register_examples import BIRTH_DATE, FULL_SERVICE, INTEGRATION, POPULATION

_TEXT: Final = {"az": "Bəli", "en": "Yes"}
_REQUEST: Final = "0193f000-0000-7000-8000-000000000001"
ACT: Final = {"title": _TEXT, "number": "362", "publishedOn": "2026-11-20"}
SWAPPED: Final = {"day": "2026-12-04", "effect": "off", "why": "swap", "name": _TEXT}
CALENDAR: Final = {
    "workingWeek": "five_days",
    "act": ACT,
    "entries": {
        "restDays": [6, 7],
        "counting": {"lastDayOff": "next_working_day", "leastWorkingDays": 2, "shortening": "never"},
        "everyYear": [{"month": 1, "day": 1, "name": _TEXT, "carriedOver": True}],
        "fromDay": "2026-01-01",
        "toDay": None,
    },
}
TAKEN: Final[dict[type[RequestDocument], dict[str, Any]]] = {
    cases.Submission: {
        "service": "permit",
        "answers": {"plot.area": 12, "a.b": True, "c": "x"},
        "language": "az",
        "nonce": "0f" * 32,
        "mandate": _REQUEST,
        "organisation": {"element": "organisation.number", "value": "55"},
    },
    life_events.LifeEventRequest: {
        "service": "birth",
        "parts": {"name": {"answers": {"child.name": "Ana"}}, "allowance": {"answers": {}}},
        "language": "az",
    },
    life_events.LifeEventPart: {"answers": {"child.name": "Ana", "a.b": 3}},
    mandates.NamedBy: {"element": "person.number", "value": "AZE 12"},
    mandates.MandateToGive: {
        "receiver": {"element": "person.number", "value": "AZE 12"},
        "services": ["permit"],
        "cases": [_REQUEST],
        "firstDay": "2026-12-01",
        "lastDay": "2027-12-01",
        "organisation": {"element": "organisation.number", "value": "55"},
    },
    mandates.Representation: {"mandate": _REQUEST, "organisation": None},
    Absence: {"firstDay": "2026-12-01", "lastDay": "2026-12-07"},
    Conflict: {"element": "person.number", "value": "AZE 12"},
    ChainToAnchor: {
        "keeper": _REQUEST,
        "chain": 1,
        "length": 1000,
        "anchor": "0f" * 32,
        "parts": [],
        "signature": "0f" * 64,
    },
    ShareToReveal: {"keeper": _REQUEST, "link": "0f" * 32, "checkpoint": 12},
    ShareToRecover: {"keeper": _REQUEST, "link": "0f" * 32, "guardians": [1, 3]},
    openings.OpeningToAsk: {"reason": "Four of five permits went there.", "days": 14, "sealedDays": 90},
    openings.OpeningToAgreeTo: {"reason": "I have seen the decisions too."},
    cases.StepRecord: {"step": "T02 Check", "note": "Seen."},
    cases.QuestionToApplicant: {"question": "Where?", "elements": ["plot.area"]},
    cases.AnswerToQuestion: {"answer": "Here.", "answers": {"plot.area": 12}},
    cases.EvidenceAcceptance: {"requestId": _REQUEST},
    cases.EvidenceObjection: {"requestId": _REQUEST, "reason": "I would rather not."},
    cases.EvidenceDisputeRequest: {"requestId": _REQUEST, "elements": ["plot.area"], "statement": "It is smaller."},
    cases.EvidenceSupply: {"answers": {"plot.area": 12, "a.b": True, "c": "x"}},
    cases.MessageToSend: {"form": "when", "words": "When?"},
    cases.MessageToTakeBack: {"number": 1},
    cases.ContactReport: {"statement": "It tells me to come by.", "message": 1},
    cases.Decision: {"outcome": "granted", "legalBasis": "Art. 1", "reasons": "So it is."},
    cases.Closing: {},
    cases.Withdrawal: {"reason": "Moved away."},
    cases.ReopeningOrder: {
        "order": "Court order 12/2026",
        "reason": "Granted.",
        "clock": "begins_anew",
        "term": {"days": 10, "kind": "working"},
    },
    cases.TermExtension: {"by": {"days": 5, "kind": "working"}, "ground": "Art. 4", "reason": "Eleven sheets."},
    cases.GrantPublication: {"publishedAt": "Gazette 340"},
    calendars.CalendarOpening: {**CALENDAR, "slug": "az", "jurisdiction": "az", "territory": "baku"},
    calendars.ActEntry: {"act": ACT, "entries": {"fromDay": "2026-12-01", "days": [SWAPPED], "ends": [1]}},
    calendars.CalendarNaming: {"calendar": "az"},
    subscriptions.SubscriptionRequest: {"services": ["permit"], "topics": ["case.closed"], "endpoint": "https://a.b/"},
    subscriptions.SubscriptionGrant: {},
    subscriptions.SubscriptionRefusal: {"reason": _TEXT},
    subscriptions.EndpointChange: {"endpoint": None},
    subscriptions.SecretRotation: {},
    subscriptions.ReplayRequest: {"after": 12},
    subscriptions.SubscriptionEnding: {},
    AgencyDescription: {"name": _TEXT, "timeZone": "Asia/Baku", "desks": ["back"], "deskLimits": {"back": 5}},
    StandIn: {"agency": "county", "desk": "front"},
    ServicePublication: {"version": 1, "validFrom": "2026-12-01", "validTo": "2027-12-01"},
    ServiceWithdrawal: {},
    ServiceDraft: {"definition": FULL_SERVICE.model_dump(mode="json", by_alias=True)},
    registers.CoordinatorNaming: {"agency": "town", "fromDate": "2026-12-01", "act": "Decree 1"},
    registers.RulesSetting: {"rules": {"approvingBodies": ["town"], "changeNotice": {"days": 20, "kind": "working"}}},
    registers.ElementsDefinition: {"elements": [BIRTH_DATE.model_dump(mode="json", by_alias=True)]},
    registers.ElementRetitling: {"title": _TEXT},
    registers.SharingAllowance: {"elements": ["person.birth_date"], "reasons": _TEXT},
    registers.ResourceProposal: {"description": POPULATION.model_dump(mode="json", by_alias=True)},
    registers.ResourceJudgement: {"approval": "establish", "verdict": "positive", "reasons": _TEXT},
    registers.UseRequest: {"auditedOn": "2026-12-01"},
    registers.ResourceIntegration: {"integration": INTEGRATION.model_dump(mode="json", by_alias=True)},
    registers.ResourceChangeNotice: {
        "description": POPULATION.model_dump(mode="json", by_alias=True),
        "changedOn": "2026-12-01",
    },
    registers.ResourceRetirement: {"reasons": _TEXT, "successor": "people"},
    registers.ResourceArchiving: {"archive": "File 12"},
    registers.GrantRequest: {
        "resource": "people",
        "elements": ["person.birth_date"],
        "purpose": _TEXT,
        "legalBasis": "Act 3",
    },
    registers.GrantAgreement: {},
    registers.GrantRefusal: {"reasons": _TEXT},
    registers.GrantEnding: {"reasons": _TEXT},
}


def test_every_type_of_body_has_an_example() -> None:
    asked_for_otherwise = {"AgencyEntry"}  # AgencyDescription, with the name from the address

    assert {kind.__name__ for kind in RequestDocument.__subclasses__()} - asked_for_otherwise == {
        kind.__name__ for kind in TAKEN
    }


@pytest.mark.parametrize("kind", TAKEN, ids=lambda kind: kind.__name__)
@given(st.data())
def test_what_is_parsed_is_taken_as_its_bytes_would_be(kind: type[RequestDocument], data: st.DataObject) -> None:
    sent = data.draw(changed(TAKEN[kind]))

    assert made(kind.model_validate, sent) == made(kind.model_validate_json, orjson.dumps(sent))


@pytest.mark.parametrize("kind", TAKEN, ids=lambda kind: kind.__name__)
def test_the_order_of_members_changes_nothing_of_what_is_taken(kind: type[RequestDocument]) -> None:
    assert kind.model_validate(TAKEN[kind]) == kind.model_validate_json(canonical(TAKEN[kind]))


@pytest.mark.parametrize("kind", TAKEN, ids=lambda kind: kind.__name__)
def test_a_member_is_taken_only_under_the_name_that_is_declared(kind: type[RequestDocument]) -> None:
    assert document_of(orjson.dumps(TAKEN[kind]), "application/json", kind).sent == TAKEN[kind]
    for renamed in _in_snake_case(TAKEN[kind]):
        with pytest.raises(BadRequestError) as refused:
            document_of(orjson.dumps(renamed), "application/json", kind)
        assert "extra-forbidden" in {error.rule for error in refused.value.errors}


def _in_snake_case(document: Any) -> Iterator[Any]:
    """Yield the document with one member in snake_case, once for each in camelCase, at any depth."""
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, part in parts:
        for other in _in_snake_case(part):
            changed_part = document.copy()
            changed_part[name] = other
            yield changed_part
        if isinstance(name, str) and not name.islower():
            yield {to_snake(each) if each == name else each: value for each, value in document.items()}


@pytest.mark.parametrize("kind", [cases.Submission, cases.AnswerToQuestion, cases.QuestionToApplicant])
def test_the_name_of_an_element_is_not_trimmed(kind: type[RequestDocument]) -> None:
    named = {"elements": ["a", " a"]} if kind is cases.QuestionToApplicant else {"answers": {"a": "one", " a": "two"}}
    taken = document_of(orjson.dumps(TAKEN[kind] | named), "application/json", kind).document

    assert taken.model_dump(mode="json", include=set(named)) == named


def test_an_element_with_white_space_around_its_name_is_unknown(people: People) -> None:
    refused = people.citizen.submits(people.service, ANSWERS | {" person.name": "Eve"})

    assert_problem(refused, 400, "element-unknown")


def test_a_refusal_speaks_of_json(people: People) -> None:
    sent = {"service": people.service, "answers": [], "language": {}}
    problem = assert_problem(people.citizen.sends("/v1/cases", sent), 400, "request-follows-its-schema")

    assert problem["errors"] == [
        {"field": "answers", "rule": "dict-type", "detail": "Input should be an object"},
        {"field": "language", "rule": "string-type", "detail": "Input should be a valid string"},
    ]


def test_of_several_answers_that_nobody_asks_for_the_same_is_named_in_any_order(people: People) -> None:
    for names in (["b.other", "a.other"], ["a.other", "b.other"]):
        sent = {"service": people.service, "answers": dict.fromkeys(names, "x")}
        problem = assert_problem(people.citizen.sends("/v1/cases", sent), 400, "element-unknown")
        assert problem["field"] == "answers.a.other"


def test_of_several_texts_that_nobody_can_read_the_same_is_named_in_any_order() -> None:
    for languages in (["en", "az"], ["az", "en"]):
        with pytest.raises(TextHasSomethingToSee) as refused:
            check_texts([SubscriptionRefused(reason=dict.fromkeys(languages, "\u200b"))])
        assert refused.value.field == "reason.az"
