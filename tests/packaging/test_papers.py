"""The papers that go with the code: licence, publiccode.yml, and what the documents point to."""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

PAPERS = ("SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")
# The words of the licence without its spacing, so that line breaks and indents do not matter.
EUPL_WORDS_SHA256 = "b265314fe0920ed66121307961dabb70eb3c26c508d2362783e821bbb4a0e16c"

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}
_VERSION = {"type": "string", "pattern": r"^\d+(\.\d+)*$"}
_DEPENDENCIES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": _TEXT,
            "versionMin": _VERSION,
            "versionMax": _VERSION,
            "version": _VERSION,
            "optional": {"type": "boolean"},
        },
        "additionalProperties": False,
    },
}
_DESCRIPTION = {
    "type": "object",
    "required": ["shortDescription", "longDescription", "features"],
    "properties": {
        "localisedName": _TEXT,
        "shortDescription": {"type": "string", "minLength": 1, "maxLength": 150, "pattern": "^[^\n]+$"},
        "longDescription": {"type": "string", "minLength": 150, "maxLength": 10_000},
        "features": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 100}, "minItems": 1},
        "documentation": {"type": "string", "pattern": "^https?://"},
        "apiDocumentation": {"type": "string", "pattern": "^https?://"},
    },
    "additionalProperties": False,
}
_MAINTENANCE = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"enum": ["internal", "contract", "community", "none"]},
        "contacts": {"type": "array", "items": {"type": "object", "required": ["name"]}, "minItems": 1},
        "contractors": {"type": "array", "items": {"type": "object", "required": ["name", "until"]}, "minItems": 1},
    },
    "allOf": [
        {
            "if": {"properties": {"type": {"enum": ["internal", "community"]}}},
            "then": {"required": ["contacts"]},
        },
        {"if": {"properties": {"type": {"const": "contract"}}}, "then": {"required": ["contractors"]}},
    ],
}
# Version 0.4 of the standard, as far as this project uses it; its own validator was not available when this was
# written.
PUBLICCODE: dict[str, Any] = {
    "type": "object",
    "required": [
        "publiccodeYmlVersion",
        "name",
        "url",
        "platforms",
        "categories",
        "developmentStatus",
        "softwareType",
        "description",
        "legal",
        "maintenance",
        "localisation",
    ],
    "properties": {
        "publiccodeYmlVersion": {"enum": ["0.4", "0.4.0"]},
        "name": _TEXT,
        "url": {"type": "string", "pattern": r"^https?://[^\s/]+/"},
        "softwareVersion": _TEXT,
        "releaseDate": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "platforms": _TEXTS,
        "categories": _TEXTS,
        "developmentStatus": {"enum": ["concept", "development", "beta", "stable", "obsolete"]},
        "softwareType": {
            "enum": [
                *(f"standalone/{kind}" for kind in ("mobile", "iot", "desktop", "web", "backend", "other")),
                *("addon", "library", "configurationFiles"),
            ]
        },
        "intendedAudience": {"type": "object", "properties": {"scope": _TEXTS}},
        "description": {"type": "object", "minProperties": 1, "additionalProperties": _DESCRIPTION},
        "legal": {
            "type": "object",
            "required": ["license"],
            "properties": {"license": _TEXT, "mainCopyrightOwner": _TEXT, "repoOwner": _TEXT},
            "additionalProperties": False,
        },
        "maintenance": _MAINTENANCE,
        "localisation": {
            "type": "object",
            "required": ["localisationReady", "availableLanguages"],
            "properties": {"localisationReady": {"type": "boolean"}, "availableLanguages": _TEXTS},
            "additionalProperties": False,
        },
        "dependsOn": {"type": "object", "additionalProperties": _DEPENDENCIES},
    },
    "additionalProperties": False,
}


@pytest.fixture
def publiccode(root: Path) -> dict[str, Any]:
    """publiccode.yml."""
    read: dict[str, Any] = yaml.safe_load((root / "publiccode.yml").read_text())
    return read


def test_the_licence_begins_with_the_notice_that_it_demands(root: Path) -> None:
    head = (root / "LICENSE").read_text().splitlines()[:5]

    assert head[0] == "Pencere"
    assert head[1].startswith("Copyright (c) ")
    assert head[2] == "Licensed under the EUPL"
    assert head[4] == "EUROPEAN UNION PUBLIC LICENCE v. 1.2"


def test_the_licence_is_the_whole_text_unchanged(root: Path) -> None:
    text = (root / "LICENSE").read_text()
    words = " ".join(text[text.index("EUROPEAN UNION PUBLIC LICENCE") :].split())

    assert hashlib.sha256(words.encode()).hexdigest() == EUPL_WORDS_SHA256


def test_everybody_names_the_same_licence(publiccode: dict[str, Any], pyproject: dict[str, Any], root: Path) -> None:
    image = (root / "Containerfile").read_text()

    assert publiccode["legal"]["license"] == pyproject["project"]["license"] == "EUPL-1.2"
    assert 'org.opencontainers.image.licenses="EUPL-1.2"' in image


def test_publiccode_has_what_its_standard_demands(publiccode: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(PUBLICCODE).validate(publiccode)


@pytest.mark.parametrize("key", PUBLICCODE["required"])
def test_publiccode_without_a_demanded_key_is_noticed(publiccode: dict[str, Any], key: str) -> None:
    without = {name: value for name, value in publiccode.items() if name != key}

    assert not jsonschema.Draft202012Validator(PUBLICCODE).is_valid(without)


def test_publiccode_needs_a_named_person_once_somebody_maintains_it(publiccode: dict[str, Any]) -> None:
    nameless = publiccode | {"maintenance": {"type": "community"}}

    assert not jsonschema.Draft202012Validator(PUBLICCODE).is_valid(nameless)


def test_the_changelog_keeps_to_its_form(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text()
    releases = re.findall(r"^## (.*)$", text, re.MULTILINE)
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))

    assert releases[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", release) for release in releases[1:])
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("paper", PAPERS)
def test_whatever_a_paper_links_to_is_there(paper: str, root: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", (root / paper).read_text())

    assert all((root / target).exists() for target in targets), targets


@pytest.mark.parametrize("command", ["./pencere", "./check"])
def test_the_commands_that_contributors_are_told_to_use_can_be_run(command: str, root: Path) -> None:
    assert command in (root / "CONTRIBUTING.md").read_text()
    assert os.access(root / command, os.X_OK)
