"""The promises of compose.yaml. The tests need neither Docker nor a network.

`tests/kafka/test_compose_broker.py` starts a real broker with the file's own settings. No image is started, because
these tests run without Docker.

By hand, on 24 November 2026, with made-up values in `.env`: Debian's `docker-compose config` (1.29.2) and compose-go
2.16.2, which is the loader of Docker Compose itself, accept the file, and refuse it by the variable's name without
`.env`; the compose specification's JSON schema in compose-go 2.16.2 finds it valid.
"""

import re
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from application.settings import Settings
from consumers.kafka_rights import PUBLISHER
from consumers.local_kafka.jars import VERSION

Services: TypeAlias = dict[str, dict[str, Any]]
_SECRET = re.compile("PASSWORD|SECRET|TOKEN|PRIVATE|CREDENTIAL")
_DEMANDED = re.compile(r"\$\{(\w+):\?[^}]+\}")
_OPTIONAL = re.compile(r"\$\{\w+:-([^}]*)\}")
_FILLED_IN = re.compile(r"\$\{(\w+):[?-][^}]*\}")
_PASSWORD_IN_URL = re.compile(r"://[^/@:]+:(.+)@")


def _environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def _filled_in(service: dict[str, Any]) -> dict[str, str]:
    """Return the environment that compose makes from a `.env` with only the required variables."""
    return {
        name: _OPTIONAL.sub(r"\1", _DEMANDED.sub("https://issuer.example", value))
        for name, value in _environment(service).items()
    }


def test_it_names_no_version(compose: dict[str, Any]) -> None:
    assert "version" not in compose


def test_every_service_has_a_health_check_or_runs_once(services: Services) -> None:
    for name, service in services.items():
        once = service["restart"] == "no"

        assert once != ("healthcheck" in service), name


def test_every_dependency_is_awaited_until_it_is_of_use(services: Services) -> None:
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            once = services[needed]["restart"] == "no"

            assert how["condition"] == ("service_completed_successfully" if once else "service_healthy"), name


def test_no_secret_stands_in_the_file(services: Services) -> None:
    secrets = []
    for service in services.values():
        for name, value in _environment(service).items():
            in_url = _PASSWORD_IN_URL.search(value)
            secrets += [in_url[1]] if in_url else []
            secrets += [value] if _SECRET.search(name) else []

    assert len(secrets) == 5
    assert all(_FILLED_IN.fullmatch(secret) for secret in secrets)


def test_every_variable_that_must_be_set_is_explained_at_the_top(root: Path) -> None:
    text = (root / "compose.yaml").read_text()
    head = text[: text.index("x-pencere:")]

    assert _DEMANDED.findall(text)
    assert all(f"{name}=" in head for name in _DEMANDED.findall(text))
    assert all(f"{name}=" in head for name in ("COMPOSE_PROFILES", "KAFKA_ADMIN_PASSWORD", "KAFKA_ADVERTISED"))


def test_the_file_that_holds_the_secrets_is_never_committed(root: Path) -> None:
    assert ".env" in (root / ".gitignore").read_text().split()


def test_postgres_keeps_its_data_where_version_18_wants_it(services: Services, compose: dict[str, Any]) -> None:
    databases = [service for service in services.values() if service["image"].startswith("postgres:")]

    assert len(databases) == 2
    for database in databases:
        ((volume, target),) = (mount.split(":") for mount in database["volumes"])

        assert database["image"] == "postgres:18"
        assert target == "/var/lib/postgresql"
        assert volume in compose["volumes"]


def test_ledger_and_vault_share_neither_a_volume_nor_a_network(services: Services, compose: dict[str, Any]) -> None:
    ledger, vault = services["ledger-database"], services["vault-database"]

    assert not set(ledger["networks"]) & set(vault["networks"])
    assert not set(ledger["volumes"]) & set(vault["volumes"])
    assert all(compose["networks"][name]["internal"] for name in (*ledger["networks"], *vault["networks"]))


def test_the_serving_process_never_gets_an_administrators_password(services: Services) -> None:
    serving = _environment(services["pencere"])

    assert not any(_PASSWORD_IN_URL.search(value) or "ADMIN" in value for value in serving.values())


def test_the_app_waits_for_the_migration_and_both_databases(services: Services) -> None:
    assert set(services["pencere"]["depends_on"]) == {"ledger-database", "vault-database", "migrate"}
    assert set(services["migrate"]["depends_on"]) == {"ledger-database", "vault-database"}


@pytest.mark.parametrize("name", ["migrate", "pencere", "kafka-setup"])
def test_the_app_understands_the_settings_it_is_given(services: Services, name: str) -> None:
    settings = Settings.read(_filled_in(services[name]), Path("/var/lib/pencere"))

    assert settings.database_url
    assert settings.vault_url
    assert settings.production == (name == "pencere")


def test_ports_are_open_on_loopback_only(services: Services) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert published == {
        "pencere": ["127.0.0.1:${PENCERE_PORT:-8000}:8000"],
        "kafka": ["127.0.0.1:${KAFKA_PORT:-9094}:9094"],
    }


def test_the_app_may_neither_write_its_own_image_nor_gain_rights(services: Services) -> None:
    for name in ("migrate", "pencere", "kafka-setup"):
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


def test_kafka_is_the_pinned_one_and_is_there_with_its_profile_only(services: Services) -> None:
    with_profile = {name: service["profiles"] for name, service in services.items() if "profiles" in service}

    assert services["kafka"]["image"] == f"apache/kafka:{VERSION}"
    assert with_profile == {"kafka": ["kafka"], "kafka-setup": ["kafka"]}
    for service in services.values():
        if "profiles" not in service:
            assert not set(service.get("depends_on", {})) & with_profile.keys(), "it starts without the profile too"


def test_kafka_keeps_its_data_in_a_volume(services: Services, compose: dict[str, Any]) -> None:
    ((volume, target),) = (mount.split(":") for mount in services["kafka"]["volumes"])

    assert volume in compose["volumes"]
    assert target == _environment(services["kafka"])["KAFKA_LOG_DIRS"]


def test_whoever_reaches_kafka_from_outside_is_a_user_with_rights(services: Services) -> None:
    kafka = _environment(services["kafka"])
    protocols = dict(each.split(":") for each in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    listeners = dict(each.split("://") for each in kafka["KAFKA_LISTENERS"].split(","))

    assert listeners.keys() == protocols.keys()
    for name, where in listeners.items():
        assert where.startswith("127.0.0.1:") == (protocols[name] == "PLAINTEXT"), name
    assert kafka["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false"
    assert kafka["KAFKA_LISTENER_NAME_AGENCIES_SASL_ENABLED_MECHANISMS"] == "SCRAM-SHA-512"


def test_the_app_and_the_setup_find_the_same_kafka(services: Services) -> None:
    app, setup = _environment(services["pencere"]), _environment(services["kafka-setup"])
    named = _environment(services["kafka"])["KAFKA_ADVERTISED_LISTENERS"].split(",")

    assert f"WINDOW://{setup['KAFKA_BOOTSTRAP_SERVERS']}" in named
    assert app["KAFKA_BOOTSTRAP_SERVERS"] == "${KAFKA_BOOTSTRAP_SERVERS:-}"
    assert app["KAFKA_USER"] == f"${{KAFKA_USER-{PUBLISHER}}}"
    for name in ("pencere", "kafka-setup"):
        assert set(services[name]["networks"]) & set(services["kafka"]["networks"])
