"""Checks the types of what a token says: its header, its claims, and the holder's agency and desks."""

import re
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias, TypeVar

from joserfc.util import urlsafe_b64decode
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from api.json_text import parsed_strictly
from api.refusals import TokenRefusedError
from domain.text import storable
from domain.values import Element, Slug

LONGEST: Final = 8192  # characters of a token
_LONGEST_CLAIM: Final = 255
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LATEST: Final = 1 << 53  # a limit for seconds, and even milliseconds, up to which sums of floats stay exact
Part = TypeVar("Part", bound="_Checked")

ClaimText: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=_LONGEST_CLAIM), AfterValidator(storable)
]


def _exact(text: str) -> str:
    """Return the text if it can be told and typed exactly: a name that differs only unseen is another person's.

    Raises:
        ValueError: it has white space around it, or a control character.
    """
    if text != text.strip() or _CONTROL.search(text):
        raise ValueError("a name has no white space around it and no control characters")
    return text


ExactName: TypeAlias = Annotated[ClaimText, AfterValidator(_exact)]
Seconds: TypeAlias = Annotated[int, Field(ge=-_LATEST, le=_LATEST)] | Annotated[float, Field(ge=-_LATEST, le=_LATEST)]


class _Checked(BaseModel):
    """Members of a JSON object, each of exactly its type. Other members are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


class TokenHeader(_Checked):
    """How a token is signed. The window understands no critical extension, so none is allowed."""

    alg: str
    typ: Literal["JWT", "at+jwt", "application/at+jwt"] | None = None
    kid: ClaimText | None = None
    crit: None = None


class Issued(_Checked):
    """The issuer that a token names, before its signature is checked."""

    iss: ExactName


class Claims(Issued):
    """The claims of every token."""

    sub: ExactName
    exp: Seconds
    nbf: Seconds | None = None
    iat: Seconds | None = None
    aud: str | list[str] = []
    role: Literal["citizen", "official", "agency", "coordinator", "auditor"]


class Organisation(_Checked):
    """How a register knows an organisation: the element that names organisations there, and its value."""

    element: Element
    value: ExactName


class Identified(_Checked):
    """The further claims of a person's token: how registers know them, and the organisations they act for by law."""

    identifiers: dict[Element, ExactName] = Field(default_factory=dict, max_length=20)
    organisations: list[Organisation] = Field(default_factory=list, max_length=20)


class Seat(_Checked):
    """The further claims of officials' and systems' tokens: the agency, and the desks if not every desk is meant."""

    agency: Slug
    desks: list[Slug] | None = None


class SignedToken(NamedTuple):
    """The parts of a token: the header, the unchecked claims, and the signed bytes."""

    header: TokenHeader
    document: dict[str, Any]
    header_segment: bytes
    payload_segment: bytes
    signature_segment: bytes


def taken_apart(token: str) -> SignedToken:
    """Return the parts of a token, with the claims still unchecked.

    Raises:
        TokenRefusedError: it is not a signed token, or not of a kind that gives access.
    """
    if len(token) > LONGEST:
        raise TokenRefusedError("token-form", "The token is too long.")
    try:
        header_segment, payload_segment, signature_segment = token.encode("ascii").split(b".")
        header, document = (
            parsed_strictly(urlsafe_b64decode(segment)) for segment in (header_segment, payload_segment)
        )
    except ValueError:
        raise TokenRefusedError("token-form", "This is not a signed token.") from None  # no cause: it has the token
    try:
        checked = TokenHeader.model_validate(header)
    except ValidationError:
        checked = None
    if checked is None or not isinstance(document, dict):
        raise TokenRefusedError("token-form", "This is not an access token.")
    return SignedToken(checked, document, header_segment, payload_segment, signature_segment)


def claimed(kind: type[Part], document: dict[str, Any]) -> Part:
    """Return the claims as this type.

    Raises:
        TokenRefusedError: a claim is missing or of another type; the text names the claim but does not show it.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        name = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"][0]
    raise TokenRefusedError("token-claims", f"The token lacks a usable claim '{name}'.")
