"""A setting that makes no sense is refused by its name, in one sentence that shows no password."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from application.settings import Settings, SettingsError, one_of
from consumers.log_settings import LogSettings
from consumers.webhooks.settings import WebhookSettings

WORDS = ("here", "apart")
DATABASE = "postgresql://pencere_writer:secret@db/pencere"
NO_NUMBERS = ("0", "0.0", "-1", "+5", "1e3", "1_000", "inf", "nan", " 5", "5\n", "\u0663", "0x10", "100000", "0.0001")


def refusal(read: Callable[[Mapping[str, str]], object], environment: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        read(environment)
    return str(refused.value)


@pytest.mark.parametrize("mode", ["", "prod", "Production", "production "])
def test_a_mode_is_development_or_production_and_an_empty_one_is_not_taken_for_development(mode: str) -> None:
    """Else a production system whose variable has lost its value would sign tokens for anybody."""
    said = refusal(Settings.read, {"PENCERE_MODE": mode})

    assert said == f"PENCERE_MODE is development or production, not {mode!r}"


@pytest.mark.parametrize("given", [{}, {"PENCERE_OIDC_ISSUER": "https://login.example"}, {"PENCERE_OIDC_JWKS": "/k"}])
def test_production_needs_an_issuer_and_its_keys(given: dict[str, str]) -> None:
    said = refusal(Settings.read, given | {"PENCERE_MODE": "production"})

    assert said == "PENCERE_MODE=production needs PENCERE_OIDC_ISSUER and PENCERE_OIDC_JWKS"


@pytest.mark.parametrize(
    "place", ["http://login.example/keys", "http://localhost.example/keys", "ftp://h/k", "http://["]
)
def test_an_issuers_keys_come_from_no_place_where_others_could_be_put(place: str) -> None:
    assert refusal(Settings.read, {"PENCERE_OIDC_JWKS": place}).startswith("PENCERE_OIDC_JWKS is a file or an https ")


@pytest.mark.parametrize("place", ["https://login.example/keys", "http://localhost:8080/keys", "/keys.json", "keys"])
def test_an_issuers_keys_come_from_a_file_or_a_safe_address(place: str) -> None:
    assert Settings.read({"PENCERE_OIDC_JWKS": place}).oidc_jwks == place


@pytest.mark.parametrize("name", ["DATABASE_URL", "VAULT_URL"])
def test_one_database_needs_the_other_and_no_password_is_shown(name: str) -> None:
    said = refusal(Settings.read, {name: DATABASE})

    assert said == "set both DATABASE_URL and VAULT_URL, or neither for the embedded databases"


@pytest.mark.parametrize("origin", ["https://town.example/log", "town.example/log/", "town.example/log\n", "a b"])
def test_an_origin_is_where_the_log_is_served(origin: str) -> None:
    assert refusal(Settings.read, {"PENCERE_LOG_ORIGIN": origin}).startswith("PENCERE_LOG_ORIGIN is where")


@pytest.mark.parametrize(
    "address", ["window.example", "https://window.example/", "https://a b", "https://w.example/?a", "ftp://w.example"]
)
def test_a_public_address_is_where_everybody_reaches_the_window(address: str) -> None:
    assert refusal(Settings.read, {"PENCERE_PUBLIC_URL": address}).startswith("PENCERE_PUBLIC_URL is where")


@pytest.mark.parametrize("place", ["AZE", "https://places.example/<b>", "https://places.example/%zz", "urn:x:y"])
def test_a_place_is_an_address_that_needs_no_escape(place: str) -> None:
    assert refusal(Settings.read, {"PENCERE_PLACE": place}).startswith("PENCERE_PLACE is the address")


@pytest.mark.parametrize("name", ["PENCERE_PUBLIC_URL", "PENCERE_PLACE"])
@pytest.mark.parametrize(
    "address", ["https://window.example", "http://127.0.0.1:8000", "https://w.example/baku/window"]
)
def test_public_addresses_are_taken_as_they_are(name: str, address: str) -> None:
    settings = Settings.read({name: address})

    assert address in {settings.public_url, settings.place}


def test_what_is_empty_is_not_set() -> None:
    names = ("DATABASE_URL", "VAULT_URL", "PENCERE_DATA", "PENCERE_OIDC_AUDIENCE", "PENCERE_LOG_ORIGIN")
    public = ("PENCERE_LOG_KEY", "PENCERE_PUBLIC_URL", "PENCERE_PLACE")

    assert Settings.read(dict.fromkeys((*names, *public), "")) == Settings.read({})


def test_the_folder_of_the_command_line_goes_first() -> None:
    assert Settings.read({"PENCERE_DATA": "/environment"}, Path("/line")).data == Path("/line")


@pytest.mark.parametrize("number", [*NO_NUMBERS, "soon"])
@pytest.mark.parametrize(
    ("read", "name", "what"),
    [
        (LogSettings.read, "PENCERE_LOG_INTERVAL", "a number of seconds"),
        (LogSettings.read, "PENCERE_LOG_WITNESS_PATIENCE", "a number of seconds"),
        (WebhookSettings.read, "PENCERE_WEBHOOK_GIVE_UP_HOURS", "a number"),
        (WebhookSettings.read, "PENCERE_WEBHOOK_LONGEST_PAUSE", "a number"),
        (WebhookSettings.read, "PENCERE_WEBHOOK_TIME_LIMIT", "a number"),
        (WebhookSettings.read, "PENCERE_WEBHOOK_AT_ONCE", "a whole number"),
    ],
)
def test_a_number_is_written_as_people_write_it_and_is_above_0(
    read: Callable[[Mapping[str, str]], object], name: str, what: str, number: str
) -> None:
    assert refusal(read, {name: number}) == f"{name} is {what} above 0, not {number!r}"


def test_a_part_of_a_delivery_is_not_under_way() -> None:
    assert "PENCERE_WEBHOOK_AT_ONCE" in refusal(WebhookSettings.read, {"PENCERE_WEBHOOK_AT_ONCE": "2.5"})


def test_numbers_are_those_that_were_given() -> None:
    given = {"GIVE_UP_HOURS": "2.5", "LONGEST_PAUSE": "90", "TIME_LIMIT": "0.125", "AT_ONCE": "4"}

    found = WebhookSettings.read({f"PENCERE_WEBHOOK_{name}": value for name, value in given.items()})

    assert (found.give_up_after, found.longest_pause) == (timedelta(hours=2.5), timedelta(seconds=90))
    assert (found.time_limit, found.at_once) == (0.125, 4)


def test_of_two_words_another_one_is_refused_with_both() -> None:
    assert [one_of({"X": word}, "X", WORDS, "here") for word in ("apart", "")] == ["apart", "here"]
    assert refusal(lambda given: one_of(given, "X", WORDS, "here"), {"X": "Here"}) == "X is here or apart, not 'Here'"
