"""What compose.yaml promises. It needs neither Docker nor a network.

By hand, on 24 November 2026, with made-up values in `.env`: Debian's `docker-compose config` (1.29.2) and compose-go
2.16.2, which is the loader of Docker Compose itself, accept the file, and refuse it by the variable's name without
`.env`; the compose specification's JSON schema in compose-go 2.16.2 finds it valid.
"""

import re
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from application.settings import Settings

Services: TypeAlias = dict[str, dict[str, Any]]
_SECRET = re.compile("PASSWORD|SECRET|TOKEN|PRIVATE|CREDENTIAL")
_DEMANDED = re.compile(r"\$\{(\w+):\?[^}]+\}")
_PASSWORD_IN_URL = re.compile(r"://[^/@:]+:(.+)@")


def _environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def _filled_in(service: dict[str, Any]) -> dict[str, str]:
    return {name: _DEMANDED.sub("https://issuer.example", value) for name, value in _environment(service).items()}


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

    assert len(secrets) == 4
    assert all(_DEMANDED.fullmatch(secret) for secret in secrets)


def test_every_variable_that_must_be_set_is_explained_at_the_top(root: Path) -> None:
    text = (root / "compose.yaml").read_text()
    head = text[: text.index("x-pencere:")]

    assert _DEMANDED.findall(text)
    assert all(f"{name}=" in head for name in _DEMANDED.findall(text))


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


@pytest.mark.parametrize("name", ["migrate", "pencere"])
def test_the_app_understands_the_settings_it_is_given(services: Services, name: str) -> None:
    settings = Settings.read(_filled_in(services[name]), Path("/var/lib/pencere"))

    assert settings.database_url
    assert settings.vault_url
    assert settings.production == (name == "pencere")


def test_the_serving_process_is_open_on_loopback_only(services: Services) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert published == {"pencere": ["127.0.0.1:${PENCERE_PORT:-8000}:8000"]}


def test_the_app_may_neither_write_its_own_image_nor_gain_rights(services: Services) -> None:
    for name in ("migrate", "pencere"):
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
