"""Who calls is what a trusted issuer's signature says, and nothing else."""

import asyncio
import stat
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from api.development_issuer import ISSUER, KEY_FILE, development_keys, issue_token
from api.issuer_keys import IssuerKeys, Key
from api.refusals import KeysUnavailableError, TokenRefusedError
from api.tokens import LEEWAY, TokenVerifier
from application.access.callers import Caller, Role
from application.settings import Settings, SettingsError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OIDC = "https://login.example/realm"
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})


def settings(data: Path, *, production: bool = False) -> Settings:
    return Settings(data, None, None, production, OIDC, "https://login.example/keys", "pencere")


def verifier(keys: IssuerKeys | None = None) -> TokenVerifier:
    public = ECKey.import_key(KEY.as_dict(private=False))
    return TokenVerifier({OIDC: keys or IssuerKeys(None, {"one": public})}, "pencere", lambda: NOW)


def caller_of(token: str, keys: IssuerKeys | None = None) -> Caller:
    return asyncio.run(verifier(keys).verify(token))


def claims(**changed: object) -> dict[str, Any]:
    good: dict[str, Any] = {"iss": OIDC, "aud": "pencere", "sub": "person", "role": "citizen"}
    good["exp"] = int((NOW + timedelta(hours=1)).timestamp())
    return {name: value for name, value in (good | changed).items() if value is not None}


def signed(document: dict[str, Any], key: Key | OctKey = KEY, **header: object) -> str:
    given = {"alg": "ES256", "kid": key.kid, **header}
    return jwt.encode(given, document, key, algorithms=[str(given["alg"])])


def test_a_signed_token_names_its_caller() -> None:
    token = signed(claims(role="official", agency="permits", desks=["north"], aud=["else", "pencere"]))

    refused_from = (NOW + timedelta(hours=1) + LEEWAY).timestamp()
    assert caller_of(token) == Caller(OIDC, "person", Role.OFFICIAL, "permits", frozenset({"north"}), refused_from)


def test_a_citizens_token_says_how_registers_know_them_and_which_organisations_they_act_for() -> None:
    firms = [{"element": "firm.number", "value": number} for number in ("2", "1", "2")]
    said = {"identifiers": {"person.number": "AZE 1"}, "organisations": firms}

    caller = caller_of(signed(claims(**said)))

    assert caller.identifiers == (("person.number", "AZE 1"),)
    assert caller.organisations == (("firm.number", "1"), ("firm.number", "2"))


def test_an_auditors_token_says_how_registers_know_them_and_an_officials_does_not() -> None:
    said = {"identifiers": {"person.number": "AZE 1"}, "organisations": [{"element": "firm.number", "value": "1"}]}
    auditor, official = (caller_of(signed(claims(role=role, agency="a", **said))) for role in ("auditor", "official"))

    assert (auditor.identifiers, auditor.organisations) == ((("person.number", "AZE 1"),), ())
    assert (official.identifiers, official.organisations) == ((), ())


def test_without_desks_an_official_sits_at_every_desk_and_with_an_empty_list_at_none() -> None:
    everywhere = caller_of(signed(claims(role="official", agency="permits")))
    nowhere = caller_of(signed(claims(role="official", agency="permits", desks=[])))

    assert everywhere.sits_at("permits", "north")
    assert not nowhere.sits_at("permits", "north")


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"exp": int(NOW.timestamp()) - 11}, "token-expired"),
        ({"exp": None}, "token-claims"),
        ({"exp": "tomorrow"}, "token-claims"),
        ({"exp": True}, "token-claims"),
        ({"nbf": int(NOW.timestamp()) + 11}, "token-not-yet"),
        ({"iat": int(NOW.timestamp()) + 11}, "token-not-yet"),
        ({"aud": "else"}, "token-audience"),
        ({"aud": ["else"]}, "token-audience"),
        ({"aud": None}, "token-audience"),
        ({"iss": "https://other.example"}, "token-issuer"),
        ({"iss": None}, "token-issuer"),
        ({"iss": ["a"]}, "token-issuer"),
        ({"sub": None}, "token-claims"),
        ({"sub": ""}, "token-claims"),
        ({"sub": "person "}, "token-claims"),
        ({"sub": "\u00a0person"}, "token-claims"),
        ({"sub": "person\n"}, "token-claims"),
        ({"sub": "per\tson"}, "token-claims"),
        ({"sub": "per\x9bson"}, "token-claims"),
        ({"role": None}, "token-claims"),
        ({"role": "anyone"}, "token-claims"),
        ({"role": "king"}, "token-claims"),
        ({"role": "official"}, "token-claims"),
        ({"role": "agency"}, "token-claims"),
        ({"role": "agency", "agency": "../x"}, "token-claims"),
        ({"role": "official", "agency": "permits", "desks": "north"}, "token-claims"),
        ({"identifiers": ["person.number"]}, "token-claims"),
        ({"organisations": {"firm.number": "1"}}, "token-claims"),
        ({"organisations": [{"element": "firm.number"}]}, "token-claims"),
        ({"organisations": [{"element": "Not an element", "value": "1"}]}, "token-claims"),
        ({"organisations": [{"element": "firm.number", "value": " 1"}]}, "token-claims"),
        ({"organisations": [{"element": "firm.number", "value": str(n)} for n in range(21)]}, "token-claims"),
    ],
)
def test_a_token_with_other_claims_is_refused_by_rule(changed: Mapping[str, Any], rule: str) -> None:
    with pytest.raises(TokenRefusedError) as refused:
        caller_of(signed(claims(**changed)))

    assert refused.value.rule == rule


@pytest.mark.parametrize("issuer", [f"{OIDC} ", f"\t{OIDC}", f"{OIDC}\n", OIDC.replace("/", "\x7f")])
def test_an_issuer_whose_name_cannot_be_told_exactly_is_nobody_even_where_it_is_trusted(issuer: str) -> None:
    public = ECKey.import_key(KEY.as_dict(private=False))
    trusting = TokenVerifier({issuer: IssuerKeys(None, {"one": public})}, "pencere", lambda: NOW)

    with pytest.raises(TokenRefusedError) as refused:
        asyncio.run(trusting.verify(signed(claims(iss=issuer))))

    assert refused.value.rule == "token-issuer"


def test_another_key_of_the_same_name_signs_nothing() -> None:
    other = ECKey.generate_key("P-256", {"kid": "one"})

    with pytest.raises(TokenRefusedError, match="signature"):
        caller_of(signed(claims(), other))


def test_an_unknown_key_signs_nothing() -> None:
    other = ECKey.generate_key("P-256", {"kid": "two"})

    with pytest.raises(TokenRefusedError, match="unknown key"):
        caller_of(signed(claims(), other))


def test_none_is_no_signature() -> None:
    header, payload, _ = signed(claims()).split(".")
    none = urlsafe_b64encode(b'{"alg":"none","kid":"one","typ":"JWT"}').decode().rstrip("=")

    for token in (f"{none}.{payload}.", f"{none}.{payload}.AAAA", f"{header}.{payload}."):
        with pytest.raises(TokenRefusedError):
            caller_of(token)


def test_the_public_key_is_no_shared_secret() -> None:
    public = KEY.as_pem(private=False)
    token = signed(claims(), OctKey.import_key(public.replace(b"-----", b"")), alg="HS256", kid="one")

    with pytest.raises(TokenRefusedError, match="signature"):
        caller_of(token)


def test_a_token_of_another_kind_is_refused() -> None:
    with pytest.raises(TokenRefusedError, match="access token"):
        caller_of(signed(claims(), typ="logout+jwt"))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "ä.ä.ä", "x" * 9000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        caller_of(token)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["Ed25519", "EdDSA", "RS256", "PS256"])
def test_the_usual_public_key_algorithms_are_accepted(algorithm: str) -> None:
    key: Key = (
        OKPKey.generate_key("Ed25519", {"kid": "k"})
        if algorithm.startswith("Ed")
        else RSAKey.generate_key(2048, {"kid": "k"})
    )

    assert (caller_of(keys=IssuerKeys(None, {"k": key}), token=signed(claims(), key, alg=algorithm))).subject


def test_keys_come_from_a_file_and_a_new_one_is_found(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(orjson.dumps({"keys": [KEY.as_dict(private=False)]}))
    keys = IssuerKeys(str(file))
    newer = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})

    assert caller_of(keys=keys, token=signed(claims()))

    file.write_bytes(orjson.dumps({"keys": [newer.as_dict(private=False)]}))
    with pytest.raises(TokenRefusedError):  # asked for less than a minute ago
        caller_of(keys=keys, token=signed(claims(), newer))
    keys._asked_at -= 61

    assert caller_of(keys=keys, token=signed(claims(), newer))


def test_without_keys_nobody_is_let_in_and_nobody_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailableError):
        caller_of(keys=IssuerKeys(str(tmp_path / "none")), token=signed(claims()))


def test_keys_do_not_come_over_plain_http() -> None:
    with pytest.raises(ValueError, match="https"):
        IssuerKeys("http://login.example/keys")


def test_the_development_issuer_signs_for_whoever_has_the_folder(tmp_path: Path) -> None:
    token = issue_token(settings(tmp_path), Role.OFFICIAL, "o-1", now=NOW, agency="permits", desks=["north"])
    trusting = TokenVerifier({ISSUER: development_keys(settings(tmp_path))}, "pencere", lambda: NOW)

    refused_from = (NOW + timedelta(hours=12) + LEEWAY).timestamp()
    named = Caller(ISSUER, "o-1", Role.OFFICIAL, "permits", frozenset({"north"}), refused_from)
    assert asyncio.run(trusting.verify(token)) == named
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_the_development_issuer_is_nobody_to_others(tmp_path: Path) -> None:
    with pytest.raises(TokenRefusedError, match="issuer"):
        caller_of(issue_token(settings(tmp_path), Role.CITIZEN, "c", now=NOW))


def test_there_is_no_development_issuer_in_production(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="production"):
        issue_token(settings(tmp_path, production=True), Role.CITIZEN, "c", now=NOW)
    with pytest.raises(SettingsError, match="production"):
        development_keys(settings(tmp_path, production=True))
    assert list(tmp_path.iterdir()) == []


def test_a_token_of_an_agency_names_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="agency"):
        issue_token(settings(tmp_path), Role.AGENCY, "a", now=NOW)


@pytest.mark.parametrize(
    ("named", "given"),
    [
        ("--subject", {"subject": " x"}),
        ("--subject", {"subject": ""}),
        ("--subject", {"subject": "x" * 256}),
        ("--agency", {"agency": "No Slug"}),
        ("--desk", {"desks": ["north", "No"]}),
        ("--organisation", {"organisations": [("firm.number", "")]}),
        ("desks", {"desks": [f"{number:063}" for number in range(200)]}),
    ],
)
def test_the_development_issuer_signs_nothing_that_the_door_always_refuses(
    tmp_path: Path, named: str, given: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"subject": "o", "agency": "permits", **given}

    with pytest.raises(ValueError, match=named):
        issue_token(settings(tmp_path), Role.OFFICIAL, **asked, now=NOW)


def test_a_token_that_was_accepted_is_refused_from_its_last_moment_on() -> None:
    now = NOW
    known = TokenVerifier({OIDC: IssuerKeys(None, {"one": KEY})}, "pencere", lambda: now)
    token = signed(claims(exp=int(NOW.timestamp()) + 60))

    assert asyncio.run(known.verify(token)) == asyncio.run(known.verify(token))
    now = NOW + timedelta(seconds=60) + LEEWAY
    with pytest.raises(TokenRefusedError, match="expired"):
        asyncio.run(known.verify(token))


def test_a_token_that_was_accepted_ends_with_the_key_that_signed_it() -> None:
    keys = IssuerKeys(None, {"one": KEY})
    known, token = verifier(keys), signed(claims())
    assert asyncio.run(known.verify(token))

    keys._keys = {"one": ECKey.generate_key("P-256", {"kid": "one"})}
    with pytest.raises(TokenRefusedError, match="signature"):
        asyncio.run(known.verify(token))
    keys._keys = {}
    with pytest.raises(TokenRefusedError, match="unknown key"):
        asyncio.run(known.verify(token))


def test_a_refused_token_does_not_become_known() -> None:
    known = verifier()
    header, payload, _ = signed(claims()).split(".")
    other = signed(claims(sub="other")).rpartition(".")[2]

    for _ in range(2):
        with pytest.raises(TokenRefusedError, match="signature"):
            asyncio.run(known.verify(f"{header}.{payload}.{other}"))


def test_no_more_tokens_are_remembered_than_the_limit_and_a_forgotten_one_is_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.tokens.MOST_PROVEN", 2)
    known = verifier()
    tokens = {name: signed(claims(sub=name)) for name in ("a", "b", "c")}

    for name in ("a", "b", "c", "a"):
        assert asyncio.run(known.verify(tokens[name])).subject == name
    assert len(known._proven) == 2


def test_a_token_that_is_proved_again_is_not_the_next_to_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.tokens.MOST_PROVEN", 2)
    keys = IssuerKeys(None, {"one": KEY})
    known = verifier(keys)
    busy, idle, third = (signed(claims(sub=name)) for name in ("busy", "idle", "third"))
    for token in (busy, idle):
        assert asyncio.run(known.verify(token))
    keys._keys = {"one": ECKey.import_key(KEY.as_dict(private=False))}  # the same key, fetched again

    for token in (busy, third):
        assert asyncio.run(known.verify(token))
    assert {proven.caller.subject for proven in known._proven.values()} == {"busy", "third"}
