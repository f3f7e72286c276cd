"""One event of every topic of the register, and of services that meet it, with every field filled."""

from datetime import date

from domain.event import Event
from domain.register.events import (
    CoordinatorNamed,
    ElementRetitled,
    ElementsDefined,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
    RegisterRulesSet,
    ResourceApproved,
    ResourceArchived,
    ResourceChanged,
    ResourceIntegrated,
    ResourceJudged,
    ResourceProposed,
    ResourceRetired,
    ResourceTakenIntoUse,
    ResourceUseAsked,
    SharingAllowed,
)
from domain.register.values import DataElement, Integration, RegisterRules, ResourceDescription
from domain.service.definition import Cost, EvidenceNeed, Output, Step
from domain.service.events import EvidenceSourceLost, HeldElementsAsked, ServiceDrafted, ServicePublished
from domain.values import Term
from tests.domain.town import AT, SERVICE, TODAY, TOWN

SEALING_KEY = "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"  # the test key of RFC 7748, section 6.1
SIGNING_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # the test key of RFC 8037, appendix A.2

BIRTH_DATE = DataElement(
    name="person.birth_date", type="date", title={"az": "Doğum tarixi", "en": "Date of birth"}, identifies_person=False
)
PERSON_NUMBER = DataElement(name="person.number", type="text", title={"en": "Person number"}, identifies_person=True)
POPULATION = ResourceDescription(
    slug="population-register",
    owner=TOWN.slug,
    title={"az": "Əhali reyestri", "en": "Population register"},
    description={"en": "Who lives in the country, and since when."},
    legal_basis="Law on the Population Register, article 4",
    elements=("person.birth_date", "person.number"),
    security_class="K2",
    audited_on=date(2026, 5, 4),
    contact="Population desk, hall 3",
    software=("register-core",),
)
INTEGRATION = Integration(
    elements=("person.birth_date",),
    identifier="person.number",
    transport="http",
    endpoint="https://population.example/evidence",
    acknowledged_within=60,
    answered_within=86_400,
    preview_required=False,
    sealing_key=SEALING_KEY,
    signing_key=SIGNING_KEY,
)
BIRTH_DATE_NEEDED = EvidenceNeed(
    element="person.birth_date",
    resource="population-register",
    label={"en": "Your date of birth"},
    type="date",
    preview="possible",
)
FULL_SERVICE = SERVICE.model_copy(
    update={
        "steps": (
            *SERVICE.steps,
            Step(name="T99 Send", label={"en": "Send"}, first=True, phase="result", channel="electronic"),
        ),
        "evidence": (BIRTH_DATE_NEEDED,),
        "outputs": (Output(name="permit", title={"en": "The permit"}),),
        "costs": (Cost(name="fee", title={"en": "Fee"}, amount="12.50", currency="AZN"),),
        "extension": Term(days=42, kind="calendar"),
        "appeal_term": Term(days=30, kind="calendar"),
        "appeal_body": "court",
        "opens": ("other-service",),
    }
)

SERVICE_EXAMPLES: tuple[Event, ...] = (
    ServiceDrafted(version=1, definition=FULL_SERVICE),
    ServicePublished(version=2, local_date=TODAY, valid_from=TODAY, valid_to=date(2030, 1, 1), register_version=7),
    HeldElementsAsked(
        version=2,
        resource="population-register",
        elements=("person.birth_date",),
        local_date=TODAY,
        publish_by=date(2026, 12, 30),
        register_version=9,
    ),
    EvidenceSourceLost(
        version=2,
        resource="population-register",
        elements=("person.birth_date",),
        local_date=TODAY,
        publish_by=date(2026, 12, 30),
        register_version=12,
    ),
)
REGISTER_EXAMPLES: tuple[Event, ...] = (
    CoordinatorNamed(agency=TOWN.slug, from_date=date(2026, 12, 1), begins_at=AT, act="Decree 1 of 2026"),
    RegisterRulesSet(rules=RegisterRules(approving_bodies=("archive", "security"))),
    ElementsDefined(elements=(BIRTH_DATE, PERSON_NUMBER)),
    ElementRetitled(element="person.birth_date", title={"en": "Birth date", "ru": "Дата рождения"}),
    ResourceProposed(description=POPULATION),
    ResourceJudged(
        resource="population-register",
        approval="establish",
        body="security",
        verdict="positive",
        reasons={"en": "Nobody else holds it."},
    ),
    ResourceApproved(resource="population-register"),
    ResourceUseAsked(resource="population-register", audited_on=date(2026, 5, 4)),
    ResourceTakenIntoUse(resource="population-register"),
    ResourceIntegrated(resource="population-register", integration=INTEGRATION),
    ResourceChanged(description=POPULATION, changed_on=TODAY, due_on=date(2026, 12, 1), local_date=TODAY),
    ResourceRetired(
        resource="population-register", local_date=TODAY, reasons={"en": "Merged."}, successor="person-register"
    ),
    ResourceArchived(resource="population-register", archive="National archive, file 12"),
    SharingAllowed(resource="voters", elements=("person.birth_date",), reasons={"en": "The election law says so."}),
    GrantAsked(
        grant="permits-birth-date",
        agency=TOWN.slug,
        resource="population-register",
        elements=("person.birth_date",),
        purpose={"en": "To see who is of age."},
        legal_basis="Building Act, article 3",
    ),
    GrantGiven(grant="permits-birth-date"),
    GrantRefused(grant="permits-birth-date", reasons={"en": "Another law forbids it."}),
    GrantEnded(grant="permits-birth-date", reasons={"en": "No longer needed."}),
)
