"""Programs that we did not write read both documents and find nothing wrong with them."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.people import Person
from tests.published.following import ASYNCAPI
from tests.published.node_tools import judged

Found = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def openapi(anyone: Person) -> dict[str, Any]:
    """The OpenAPI document as served."""
    document: dict[str, Any] = anyone.asks("/openapi.json").json()
    return document


def judge(folder: Path, asyncapi: dict[str, Any], openapi: dict[str, Any]) -> Found:
    """Return what the judges find in two documents."""
    files = {"asyncapi.json": asyncapi, "openapi.json": openapi}
    for name, document in files.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return judged(folder / "asyncapi.json", folder / "openapi.json")


def test_the_asyncapi_parser_and_spectral_find_nothing(tmp_path: Path, openapi: dict[str, Any]) -> None:
    assert judge(tmp_path, ASYNCAPI, openapi) == {"parser": [], "spectral:asyncapi": [], "spectral:oas": []}


def test_what_is_wrong_is_found_by_each_of_them(tmp_path: Path, openapi: dict[str, Any]) -> None:
    asyncapi, spoilt = copy.deepcopy(ASYNCAPI), copy.deepcopy(openapi)
    edits: list[Callable[[], object]] = [
        lambda: asyncapi["operations"]["tell-audit"].update(action="shout"),
        lambda: asyncapi["channels"]["agency"].pop("parameters"),
        lambda: next(iter(spoilt["paths"].values())).update(get={"operationId": "twice"}),
    ]
    for edit in edits:
        edit()

    found = judge(tmp_path, asyncapi, spoilt)

    assert all(found.values()), found
