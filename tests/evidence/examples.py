"""Made-up messages of the exchange, and keys that nobody else has."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from joserfc.jwk import OKPKey

from application.evidence.sealing import sealed
from domain.evidence.errors import ErrorCode
from domain.evidence.messages import (
    Acknowledgement,
    DisputeReply,
    ErrorReply,
    EvidenceAnswer,
    EvidenceDispute,
    EvidenceRequest,
)
from domain.evidence.values import EvidenceDocument, ReplyTo, Statement, Subject
from domain.service.definition import EvidenceNeed
from domain.values import Value

NOW: Final = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
REQUEST_ID: Final = UUID("0193f000-0000-7000-8000-000000000001")
DISPUTE_ID: Final = UUID("0193f000-0000-7000-8000-000000000002")
RESPONSE_ID: Final = UUID("0193f000-0000-7000-8000-000000000003")
CONVERSATION_ID: Final = UUID("5f0c1f0e-3c52-4f43-9d2a-3f6f6f0d8a11")
WINDOW: Final = OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True)
RESOURCE: Final = OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True)
SEALING: Final = OKPKey.generate_key("X25519", {"use": "enc"}, private=True)
WINDOW_SEALING: Final = OKPKey.generate_key("X25519", {"use": "enc"}, private=True)
OTHER: Final = OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True)
NEEDS: Final = {
    need.element: need
    for need in (
        EvidenceNeed(element="person.birth_date", resource="population", label={"en": "Born on"}, type="date"),
        EvidenceNeed(element="person.children", resource="population", label={"en": "Children"}, type="number"),
        EvidenceNeed(element="person.alive", resource="population", label={"en": "Alive"}, type="boolean"),
        EvidenceNeed(
            element="person.sex", resource="population", label={"en": "Sex"}, type="choice", choices=("f", "m", "x")
        ),
        EvidenceNeed(element="person.full_name", resource="population", label={"en": "Name"}, type="text"),
    )
}


def public(key: OKPKey) -> str:
    """Return the public part of a key, as a registration names it."""
    return str(key.as_dict(private=False)["x"])


def subject(value: str = "M0000001", request_id: UUID = REQUEST_ID) -> str:
    """Return a sealed subject."""
    part = Subject(request_id=request_id, element="person.identifier", value=value)
    return sealed(part, public(SEALING))


def request(**changes: Any) -> EvidenceRequest:
    """Return a request of now."""
    members: dict[str, Any] = {
        "request_id": REQUEST_ID,
        "conversation_id": CONVERSATION_ID,
        "issued_at": NOW,
        "answer_by": NOW + timedelta(hours=2),
        "expires_at": NOW + timedelta(days=10),
        "resource": "population",
        "requester": "property-agency",
        "procedure": "property-extract",
        "legal_basis": "Law on Licences and Permits, art. 18.2",
        "purpose": {"en": "To see who applies."},
        "subject": _SUBJECT,
        "assurance": "high",
        "elements": tuple(NEEDS),
        "as_of": date(2026, 12, 1),
        "explicit_request": True,
        "preview": "possible",
        "reply_to": ReplyTo(address="https://window.example/v1/evidence/replies", token="A" * 43),
    }
    return EvidenceRequest(**{**members, **changes})


_SUBJECT: Final = subject()


def acknowledgement(**changes: Any) -> Acknowledgement:
    """Return an acknowledgement of now."""
    return Acknowledgement(**{**_bound(), "issued_at": NOW, **changes})


def answer(**changes: Any) -> EvidenceAnswer:
    """Return an answer of now."""
    members: dict[str, Any] = {
        "response_id": RESPONSE_ID,
        "issued_at": NOW,
        "values": {
            "person.birth_date": "1990-02-28",
            "person.children": 2,
            "person.alive": True,
            "person.sex": "f",
            "person.full_name": "Leyla Məmmədova",
        },
        "valid_from": date(2020, 1, 1),
        "source_version": "17",
    }
    return EvidenceAnswer(**{**_bound(), **members, **changes})


def error(code: ErrorCode, **changes: Any) -> ErrorReply:
    """Return an error of now; of a preview that is required it says where."""
    members: dict[str, Any] = {"response_id": RESPONSE_ID, "issued_at": NOW, "code": code}
    if code is ErrorCode.PREVIEW_REQUIRED:
        members |= {"severity": "preview_required", "preview_location": "https://population.example/preview/1"}
    return ErrorReply(**{**_bound(), **members, **changes})


def dispute(**changes: Any) -> EvidenceDispute:
    """Return a dispute of now."""
    statement = Statement(dispute_id=DISPUTE_ID, text="I was born a day later.")
    members: dict[str, Any] = {
        "dispute_id": DISPUTE_ID,
        **_bound(),
        "response_id": RESPONSE_ID,
        "conversation_id": CONVERSATION_ID,
        "issued_at": NOW,
        "answer_by": NOW + timedelta(days=30),
        "resource": "population",
        "requester": "property-agency",
        "subject": _SUBJECT,
        "elements": ("person.birth_date",),
        "statement": sealed(statement, public(SEALING)),
    }
    return EvidenceDispute(**{**members, **changes})


def dispute_reply(**changes: Any) -> DisputeReply:
    """Return a reply of now to a dispute."""
    members = {"dispute_id": DISPUTE_ID, "dispute_hash": "0" * 64, "issued_at": NOW, "outcome": "examining"}
    return DisputeReply(**{**members, **changes})


def every_message() -> list[Value]:
    """Return an example of every message, and more of those that have several forms."""
    document = EvidenceDocument(sha256="ab" * 32, size=1024, media_type="application/pdf")
    return [
        request(),
        request(representative=_SUBJECT, mandate="Power of attorney", on_behalf_of="ministry", reply_to=None),
        request(preview="required", preview_location="https://population.example/preview/1"),
        acknowledgement(),
        acknowledgement(available_at=NOW + timedelta(days=1)),
        answer(),
        answer(values=None, document=document),
        *(error(code) for code in ErrorCode),
        dispute(),
        dispute_reply(),
        dispute_reply(outcome="corrected", source_version="18", detail="The date was corrected."),
    ]


def _bound(hash_of_request: str = "0" * 64) -> dict[str, Any]:
    return {"request_id": REQUEST_ID, "request_hash": hash_of_request}
