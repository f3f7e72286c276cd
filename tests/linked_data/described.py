"""What the tests describe as linked data: the demonstration's catalogue, a full service, a register, random ones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from api.linked_data.addresses import Addresses
from api.linked_data.documents import Listed, page, things
from api.linked_data.resources import RegisteredResource
from api.linked_data.statements import Statement
from api.linked_data.surroundings import Surroundings
from cli import demo_catalogue
from domain.service.definition import Cost, EvidenceNeed, Output, Question, ServiceDefinition, Step
from domain.text import is_storable
from domain.values import Term
from projections.catalogue.types import CatalogueAgency, CatalogueService
from tests.domain.register_examples import FULL_SERVICE, INTEGRATION, POPULATION
from tests.domain.town import SERVICE
from tests.linked_data.judging import ADDRESSES

AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
TOWN = CatalogueAgency(
    slug="town",
    name={"az": "Şəhər", "en": "Town"},
    time_zone="Asia/Baku",
    desks=["front"],
    desk_limits={},
    stand_ins={},
    calendar=None,
)
COURT = CatalogueAgency(
    slug="court",
    name={"az": "Məhkəmə"},
    time_zone="Asia/Baku",
    desks=["in"],
    desk_limits={},
    stand_ins={},
    calendar=None,
)
REGISTER = RegisteredResource(POPULATION, INTEGRATION, "integrated")
BY_KAFKA = INTEGRATION.model_copy(update={"transport": "kafka", "endpoint": None})


def version(definition: ServiceDefinition, status: str = "published") -> CatalogueService:
    """Return a version of a service as the view has it."""
    return CatalogueService(
        slug=definition.slug,
        agency=definition.agency,
        published=3 if status == "published" else None,
        version=3,
        status=status,
        drafted_at=AT,
        published_at=AT,
        ended_at=None,
        valid_from=date(2026, 12, 1),
        valid_to=date(2030, 1, 1),
        duties=[],
        definition=definition,
    )


OTHER = version(SERVICE.model_copy(update={"slug": "other-service"}))
SURROUNDINGS = Surroundings({"town": TOWN, "court": COURT}, {"population-register": REGISTER}, {"other-service": OTHER})
NOTHING_AROUND = Surroundings({"town": TOWN}, {}, {})


def demonstration(addresses: Addresses = ADDRESSES) -> Iterator[Statement]:
    """Yield the demonstration's catalogue."""
    agencies = [
        CatalogueAgency(
            slug=one.slug,
            name=one.name,
            time_zone=one.time_zone,
            desks=[*one.desks],
            desk_limits={},
            stand_ins={},
            calendar=None,
        )
        for one in demo_catalogue.AGENCIES
    ]
    listed = Listed(agencies, [version(one) for one in demo_catalogue.SERVICES])
    around = Surroundings({one.slug: one for one in agencies}, {}, {})
    yield from page(addresses, listed, around, at=addresses.catalogue, following=None)


def everything(addresses: Addresses = ADDRESSES) -> Iterator[Statement]:
    """Yield a catalogue with a thing of every kind, each with all that it can have."""
    listed = Listed([TOWN, COURT], [version(FULL_SERVICE), OTHER], [REGISTER])
    at, following = f"{addresses.catalogue}?cursor=aa", f"{addresses.catalogue}?cursor=bb"
    yield from page(addresses, listed, SURROUNDINGS, at=at, following=following, by="town")


def alone(described: CatalogueService, around: Surroundings = SURROUNDINGS) -> Iterator[Statement]:
    """Yield the document of one service."""
    return things(ADDRESSES, Listed(services=[described]), around)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30).filter(
    lambda text: bool(text.strip()) and is_storable(text)
)
TAGS = st.from_regex(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}", fullmatch=True)
WORDS = st.dictionaries(TAGS, TEXTS, min_size=1, max_size=3)
NAMES = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,4})?", fullmatch=True)
ELEMENTS = st.from_regex(r"[a-z][a-z0-9_]{0,6}(\.[a-z][a-z0-9_]{0,6})?", fullmatch=True)
TERMS = st.none() | st.builds(Term, days=st.integers(1, 36_525), kind=st.sampled_from(["working", "calendar"]))
TYPES = st.sampled_from(["text", "number", "date", "boolean"])
AMOUNTS = st.from_regex(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?", fullmatch=True)
DEFINITIONS: SearchStrategy[ServiceDefinition] = st.builds(
    ServiceDefinition,
    slug=NAMES,
    agency=st.sampled_from(["town", "nobody-knows"]),
    desk=NAMES,
    title=WORDS,
    description=WORDS,
    legalBasis=TEXTS,  # pydantic tells the strategy its aliases
    steps=st.lists(st.builds(Step, name=TEXTS, label=WORDS, may_follow=st.tuples(TEXTS)), max_size=2).map(tuple),
    questions=st.lists(st.builds(Question, element=ELEMENTS, label=WORDS, type=TYPES), max_size=2).map(tuple),
    evidence=st.lists(
        st.builds(
            EvidenceNeed,
            element=ELEMENTS,
            resource=st.sampled_from(["population-register", "land"]),
            label=WORDS,
            type=TYPES,
        ),
        max_size=2,
    ).map(tuple),
    opens=st.sampled_from([(), ("other-service",), ("gone",), ("gone", "other-service")]),
    outputs=st.lists(st.builds(Output, name=NAMES, title=WORDS), max_size=2).map(tuple),
    costs=st.lists(
        st.builds(Cost, name=NAMES, title=WORDS, amount=AMOUNTS, currency=st.from_regex("[A-Z]{3}", fullmatch=True)),
        max_size=2,
        unique_by=lambda cost: cost.name,
    ).map(tuple),
    term=TERMS,
    extension=TERMS,
    silent_approval=st.booleans(),
    appeal_term=TERMS,
    appeal_body=st.sampled_from([None, "court", "town", "another-court"]),
    retention=TERMS,
    channels=st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    languages=st.lists(TAGS, min_size=1, max_size=3).map(tuple),
)
