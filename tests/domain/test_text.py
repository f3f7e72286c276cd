"""A text has something visible, and nothing that deceives its readers or that databases cannot store."""

import unicodedata

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from application.identity import agency_stream
from application.verifying.agencies import AGENCY
from application.verifying.judge import Judge
from application.verifying.occurrence import Occurrence
from application.verifying.precedents import Precedents
from domain.agency.commands import RegisterAgency
from domain.agency.decisions import decide as decide_agency
from domain.agency.events import AgencyRegistered
from domain.case.commands import Command
from domain.case.decisions import decide_again
from domain.envelope import Actor, Envelope
from domain.event import Event
from domain.refusals import Refusal
from domain.service.commands import DraftService
from domain.service.decisions import decide as decide_service
from domain.service.definition import Question, ServiceDefinition, Step
from domain.subscription.commands import RefuseSubscription
from domain.subscription.decisions import decide as decide_subscription
from domain.subscription.events import SubscriptionAsked
from domain.subscription.state import evolve as evolve_subscription
from domain.text import (
    TextCanBeStored,
    TextClosesItsBidirectionalMarks,
    TextHasNoControlCharacters,
    TextHasNoNoncharacters,
    TextHasSomethingToSee,
    TextRefusal,
    text_refusal,
)
from tests.domain.given_when_then import fold, given
from tests.domain.town import (
    ANSWERS,
    ASKED,
    ASSIGNED,
    AT,
    CLOSED,
    DECIDED,
    SERVICE,
    SUBMITTED,
    TOWN,
    answer,
    ask,
    record,
    reopen,
    settle,
    submit,
    withdraw,
)

COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")
INVISIBLE = "\u200b\u200d"

HONEST = [
    "x",
    "T02 Check",
    "a\tb\nc\r\nd",
    "Müraciət",
    "Cafe\u0301",
    "فحص الطلب",
    "می\u200cخواهم",  # Persian, with a zero-width non-joiner
    "\u0644\u200d",  # Arabic with a joiner
    "\u200fשלום\u200e!",
    "\u061cعربي",
    "\u2067العربية\u2069 and \u2066latin\u2069",
    "\u202aone\u202c \u202e\u202dtwo\u202c\u202c",
    "\u2068a\u202ab\u202cc\u2069",
    "👩\u200d👩\u200d👧\u200d👦",
    "❤\ufe0f",
    "1\ufe0f\u20e3",  # keycap
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland, by tags
    "🇦🇿",
    "👍🏽",
    "हिन्दी",
    "葛\U000e0100",  # an ideographic variation
    "ᠮᠣᠩᠭᠣᠯ\u180e",
    "\u0600١",
    "ကြောင်",
    "―",
    "\U0001fae9",  # newer than this Python's Unicode
]
DISHONEST: list[tuple[TextRefusal, list[str]]] = [
    (TextCanBeStored, ["a\x00b", "\ud800", "a\udfff", "\udc00\ud800"]),
    (TextHasNoControlCharacters, ["a\x1b[31m", "a\x07", "\x7f", "a\x85b", "\x9b31m", "a\rb", "a\r", "\x0b", "a\x0c"]),
    (TextHasNoNoncharacters, ["a\ufffe", "\uffff", "a\ufdd0", "\ufdefb", "a\U0001fffe", "a\U0010ffff"]),
    (
        TextClosesItsBidirectionalMarks,
        [
            "\u202eabc",
            "abc\u202c",
            "a\u2066b",
            "a\u2069b",
            "\u202aa\u2069",
            "\u2067a\u202c",
            "\u2066\u202aa\u2069\u202c",
            "\u2067a\u202bb\u2069",
            "\u202ea\nb\u202c",
            "\u202a\u202aa\u202c",
        ],
    ),
    (
        TextHasSomethingToSee,
        [
            "",
            " \t\n",
            "\u00a0\u2003\u3000",
            "\u200b",
            "\u200c\u200d\ufeff",
            "\u2060\u2063",
            "\u00ad",
            "\u034f",
            "\u0301",
            " \u0301\u20dd",
            "\ufe0f",
            "\U000e0100",
            "\U000e0061\U000e007f",
            "\u180b",
            "\u2800\u2800",
            "\u3164",
            "\u115f\u1160\uffa0",
            "\u200e\u200f\u061c",
            "\u2066\u2069",
            "\u2028\u2029",
            "\U0001d173",
            "\ufff9",
            "\u17b4",
            "\u093f",
        ],
    ),
]


@pytest.mark.parametrize("text", HONEST, ids=ascii)
def test_what_people_write_passes(text: str) -> None:
    assert text_refusal(text) is None


@pytest.mark.parametrize(
    ("text", "refusal"), [(text, refusal) for refusal, texts in DISHONEST for text in texts], ids=ascii
)
def test_what_nobody_can_read_or_store_is_refused_by_its_rule(text: str, refusal: TextRefusal) -> None:
    assert text_refusal(text) is refusal


@any_of(st.text(st.characters(exclude_categories=[]), max_size=30))
def test_any_text_that_passes_can_be_stored_and_seen(text: str) -> None:
    if text_refusal(text) is None:
        text.encode()
        assert text.strip()
        kinds = {unicodedata.category(character) for character in text if character not in "\t\r\n"}
        assert not kinds & {"Cc", "Cs"}
        assert kinds - {"Zs", "Zl", "Zp", "Mn", "Me", "Mc"}
        assert text_refusal(f"{text}\n{text}") is None


def test_the_rules_are_named_as_they_are_told() -> None:
    assert {refusal.rule for refusal, _ in DISHONEST} == {
        "text-can-be-stored",
        "text-has-no-control-characters",
        "text-has-no-noncharacters",
        "text-closes-its-bidirectional-marks",
        "text-has-something-to-see",
    }


@pytest.mark.parametrize(
    ("past", "command", "field"),
    [
        ((), submit(answers=ANSWERS | {"person.phone": INVISIBLE}), "answers.person.phone"),
        ((SUBMITTED, ASSIGNED), record(note=INVISIBLE), "note"),
        ((SUBMITTED, ASSIGNED), ask(question=INVISIBLE), "question"),
        ((SUBMITTED, ASSIGNED, ASKED), answer(answer=INVISIBLE), "answer"),
        ((SUBMITTED, ASSIGNED, ASKED), answer(answers={"person.phone": INVISIBLE}), "answers.person.phone"),
        ((SUBMITTED, ASSIGNED), settle(reasons=INVISIBLE), "reasons"),
        ((SUBMITTED, ASSIGNED), settle(legal_basis=INVISIBLE), "legalBasis"),
        ((SUBMITTED,), withdraw(reason=INVISIBLE), "reason"),
        ((SUBMITTED, ASSIGNED, DECIDED, CLOSED), reopen(order=INVISIBLE), "order"),
        ((SUBMITTED, ASSIGNED, DECIDED, CLOSED), reopen(reason=INVISIBLE), "reason"),
    ],
)
def test_every_text_of_a_case_is_put_to_the_rule(past: tuple[Event, ...], command: Command, field: str) -> None:
    given(*past).when(command).then(TextHasSomethingToSee, field=field)


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        (SERVICE.model_copy(update={"title": {"en": "Permit", "az": INVISIBLE}}), "definition.title.az"),
        (SERVICE.model_copy(update={"description": {"en": INVISIBLE}}), "definition.description.en"),
        (SERVICE.model_copy(update={"legal_basis": INVISIBLE}), "definition.legalBasis"),
        (SERVICE.model_copy(update={"channels": ("online", INVISIBLE)}), "definition.channels.1"),
        (
            SERVICE.model_copy(update={"steps": (Step(name=INVISIBLE, label={"en": "x"}, first=True),)}),
            "definition.steps.0.name",
        ),
        (
            SERVICE.model_copy(update={"steps": (Step(name="x", label={"en": INVISIBLE}, first=True),)}),
            "definition.steps.0.label.en",
        ),
        (
            SERVICE.model_copy(
                update={"questions": (Question(element="a.b_c", label={"en": INVISIBLE}, type="text"),)}
            ),
            "definition.questions.0.label.en",
        ),
        (
            SERVICE.model_copy(
                update={
                    "questions": (Question(element="a", label={"en": "x"}, type="choice", choices=("x", INVISIBLE)),)
                }
            ),
            "definition.questions.0.choices.1",
        ),
    ],
)
def test_every_text_of_the_catalogue_is_put_to_the_rule(definition: ServiceDefinition, field: str) -> None:
    with pytest.raises(TextHasSomethingToSee) as refused:
        decide_service(DraftService(AT, COORDINATOR, definition, TOWN), None)

    assert refused.value.field == field


def registration(name: str) -> RegisterAgency:
    return RegisterAgency(AT, COORDINATOR, TOWN.slug, {"en": name}, TOWN.time_zone, TOWN.desks, zone_is_known=True)


def test_the_name_of_an_agency_is_put_to_the_rule() -> None:
    with pytest.raises(TextHasNoControlCharacters) as refused:
        decide_agency(registration("Town\x1b[31m"), None)

    assert refused.value.field == "name.en"


def test_why_a_subscription_is_refused_is_put_to_the_rule() -> None:
    asked = SubscriptionAsked(name="s", agency="town", services=None, topics=None, endpoint=None)
    with pytest.raises(TextClosesItsBidirectionalMarks) as refused:
        decide_subscription(RefuseSubscription(AT, COORDINATOR, {"en": "\u202eno"}), evolve_subscription(None, asked))

    assert refused.value.field == "reason.en"


def test_an_event_that_is_older_than_the_rule_loads_and_is_nobodys_fault() -> None:
    old = AgencyRegistered(
        slug="town", name={"en": "Town\u202e"}, time_zone="Asia/Baku", desks=("front",), desk_limits={}
    )
    stream = agency_stream("town")
    envelope = Envelope(
        actor=COORDINATOR, agencies=("town",), occurred_at=AT, origin="live", causation=None, correlation=stream
    )
    fields = tuple(AgencyRegistered.model_fields)

    assert AgencyRegistered.model_validate_json(old.model_dump_json()) == old
    Judge(AGENCY, Precedents(lambda _: ())).take(Occurrence(old, envelope, 1, stream, 1, fields, (), None))
    with pytest.raises(Refusal):
        decide_agency(registration("Town\u202e"), None)


def test_a_case_that_is_older_than_the_rule_goes_on() -> None:
    old = SUBMITTED.model_copy(update={"answers": {"person.birth_date": "1990-02-28", "person.phone": INVISIBLE}})

    given(old, ASSIGNED).when(settle()).then(DECIDED)
    command = settle(legal_basis=INVISIBLE)
    (event,) = decide_again(command, fold((SUBMITTED, ASSIGNED)))
    assert event == DECIDED.model_copy(update={"legal_basis": INVISIBLE})
