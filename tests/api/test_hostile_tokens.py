"""Whatever a token contains, signed or not, it is refused with 401 or names the true caller."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from api.development_issuer import KEY_FILE
from api.issuer_keys import IssuerKeys
from api.refusals import TokenRefusedError
from api.tokens import LEEWAY, TokenVerifier
from application.access.callers import Caller, Role
from tests.api.people import assert_problem
from tests.api.running import RunningWindow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ISSUER = "https://login.example/realm"
KEY = OKPKey.generate_key("Ed25519", {"kid": "one", "use": "sig"})
VERIFIER = TokenVerifier({ISSUER: IssuerKeys(None, {"one": KEY})}, "pencere", lambda: NOW)
HEADER: dict[str, object] = {"alg": "Ed25519", "kid": "one", "typ": "JWT"}
CLAIMS: dict[str, object] = {
    "iss": ISSUER,
    "aud": "pencere",
    "sub": "person",
    "role": "official",
    "agency": "permits",
    "desks": ["north"],
    "exp": int((NOW + timedelta(hours=1)).timestamp()),
}

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(10**400), 10**400) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
READ_OF_HEADER = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5c"])
UNTIL = (NOW + timedelta(hours=1) + LEEWAY).timestamp() // 1
READ_OF_CLAIMS = st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "role", "agency", "desks", "jti"])


def segment(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def signed(header: bytes, claims: bytes, key: OKPKey = KEY) -> str:
    """Return a token with a valid signature, whatever its two parts are."""
    parts = segment(header) + b"." + segment(claims)
    return (parts + b"." + segment(jws.JWSRegistry.algorithms["Ed25519"].sign(parts, key))).decode()


def written(document: object) -> bytes:
    return json.dumps(document).encode()


def caller_or_refusal(token: str) -> Caller | None:
    try:
        return asyncio.run(VERIFIER.verify(token))
    except TokenRefusedError:
        return None


@given(ANY_JSON)
def test_any_json_as_header_is_refused(document: object) -> None:
    assert caller_or_refusal(signed(written(document), written(CLAIMS))) is None


@given(ANY_JSON)
def test_any_json_as_claims_is_refused(document: object) -> None:
    assert caller_or_refusal(signed(written(HEADER), written(document))) is None


@given(READ_OF_HEADER, ANY_JSON)
@example("typ", [])
@example("typ", {"a": 1})
@example("kid", ["one"])
@example("crit", [[]])
def test_any_json_in_a_member_of_the_header_is_refused_or_changes_nothing(name: str, value: object) -> None:
    found = caller_or_refusal(signed(written(HEADER | {name: value}), written(CLAIMS)))

    assert found in {None, Caller(ISSUER, "person", Role.OFFICIAL, "permits", frozenset({"north"}), UNTIL)}


@given(READ_OF_CLAIMS, ANY_JSON)
@example("sub", "\ud800")
@example("sub", "a\x00")
@example("desks", [[]])
@example("role", [])
@example("exp", 10**400)
@example("exp", float("inf"))
def test_any_json_in_a_claim_is_refused_or_says_truly_who_calls(name: str, value: object) -> None:
    found = caller_or_refusal(signed(written(HEADER), written(CLAIMS | {name: value})))

    if found is not None:
        found.subject.encode()
        assert "\x00" not in found.subject
        assert found.agency is None or found.agency == CLAIMS["agency"] or found.agency == value


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=80))
def test_any_bytes_in_the_parts_of_a_token_are_refused(header: bytes, claims: bytes, signature: bytes) -> None:
    for token in (signed(header, claims), signed(header, written(CLAIMS)), signed(written(HEADER), claims)):
        assert caller_or_refusal(token) is None
    unsigned = b".".join(map(segment, (written(HEADER), written(CLAIMS), signature))).decode()
    assert caller_or_refusal(unsigned) is None


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_as_a_token_is_refused(token: str) -> None:
    assert caller_or_refusal(token) is None


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        (written(HEADER), b'{"sub":"one",' + written(CLAIMS)[1:]),
        (b'{"kid":"two",' + written(HEADER)[1:], written(CLAIMS)),
        (written(HEADER), b'{"x":' + b"[" * 2000 + b"]" * 2000 + b"," + written(CLAIMS)[1:]),
        (b'{"x":' + b"[" * 2000 + b"]" * 2000 + b"," + written(HEADER)[1:], written(CLAIMS)),
        (written(HEADER), b'{"x":NaN,' + written(CLAIMS)[1:]),
        (written(HEADER), b'{"x":' + b"9" * 5000 + b"," + written(CLAIMS)[1:]),
        (written(HEADER), json.dumps(CLAIMS).encode("utf-16")),
        (written(HEADER | {"crit": ["b64"], "b64": False}), written(CLAIMS)),
    ],
)
def test_a_token_that_readers_could_read_in_two_ways_is_refused(header: bytes, claims: bytes) -> None:
    assert caller_or_refusal(signed(header, claims)) is None


def test_a_citizens_token_may_hold_claims_that_the_window_does_not_read() -> None:
    found = caller_or_refusal(signed(written(HEADER), written(CLAIMS | {"role": "citizen", "agency": {}, "x": [[]]})))

    assert found == Caller(ISSUER, "person", Role.CITIZEN, expires_at=UNTIL)


COORDINATOR: dict[str, object] = {name: CLAIMS[name] for name in ("iss", "aud", "sub", "exp")} | {"role": "coordinator"}


@given(ANY_JSON)
@example("x" * 64)
@example("Permits")
@example("per mits")
@example("permits\x00")
@example(["permits"])
def test_any_json_as_the_agency_of_a_coordinator_is_refused_or_says_truly_who_calls(value: object) -> None:
    found = caller_or_refusal(signed(written(HEADER), written(COORDINATOR | {"agency": value})))

    assert found is None or (found.role, found.agency) == (Role.COORDINATOR, value)


@pytest.mark.parametrize("claims", [COORDINATOR, COORDINATOR | {"agency": None}])
def test_a_coordinator_may_act_for_no_agency(claims: dict[str, object]) -> None:
    assert caller_or_refusal(signed(written(HEADER), written(claims))) == Caller(
        ISSUER, "person", Role.COORDINATOR, expires_at=UNTIL
    )


def test_a_coordinator_acts_for_the_agency_of_the_token_and_sits_at_no_desk() -> None:
    claims = COORDINATOR | {"agency": "permits", "desks": ["north"]}

    assert caller_or_refusal(signed(written(HEADER), written(claims))) == Caller(
        ISSUER, "person", Role.COORDINATOR, "permits", None, UNTIL
    )


@pytest.mark.parametrize("typ", [[], ["JWT"], {"a": 1}, 5, True])
def test_a_token_whose_header_is_of_other_types_is_refused_on_every_kind_of_route(
    window: RunningWindow, typ: object
) -> None:
    token = signed(written(HEADER | {"typ": typ}), written(CLAIMS))
    person = window.somebody(Role.ANYONE, "")
    with person.http:
        for path in ("/v1/services", "/v1/evaluation/services", "/v1/my/cases", "/v1/events", "/v1/events/stream"):
            assert_problem(person.asks(path, Authorization=f"Bearer {token}", Accept="*/*"), 401, "token-form")


@pytest.mark.parametrize(
    "changed", [{"sub": "a\x00b"}, {"sub": "\ud800"}, {"exp": 10**400}, {"agency": "x\x00"}, {"desks": ["\x00"]}]
)
def test_what_no_database_stores_is_refused_in_a_token_that_is_truly_signed(
    window: RunningWindow, changed: dict[str, object]
) -> None:
    person = window.somebody(Role.OFFICIAL, "o", "permits")
    with person.http:
        genuine = str(person.http.headers["Authorization"]).removeprefix("Bearer ").split(".")[1]
        claims = json.loads(urlsafe_b64decode(genuine + "==")) | changed
        key = OKPKey.import_key(json.loads((window.settings.data / KEY_FILE).read_bytes()))
        token = signed(written(HEADER | {"kid": key.kid}), written(claims), key)
        for path in ("/v1/services", "/v1/desks/north/worklist"):
            assert_problem(person.asks(path, Authorization=f"Bearer {token}"), 401, "token-claims")


@pytest.mark.parametrize("given", [b"Bearer \xff\xfe", b"Bearer \xc3\x28.a.b", b"\xff", b"Bearer " + b"." * 9000])
def test_any_bytes_in_the_authorization_header_are_refused(window: RunningWindow, given: bytes) -> None:
    person = window.somebody(Role.ANYONE, "")
    with person.http:
        answer = person.http.get("/v1/services", headers={b"Authorization": given})

    assert_problem(answer, 401, "token-form")


def test_two_authorization_headers_are_refused(window: RunningWindow) -> None:
    person = window.somebody(Role.CITIZEN, "c")
    with person.http:
        headers = [("Authorization", person.http.headers["Authorization"]), ("Authorization", "Bearer x.y.z")]
        assert_problem(person.http.get("/v1/services", headers=headers), 401, "token-form")
