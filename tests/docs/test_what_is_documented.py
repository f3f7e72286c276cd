"""Everything that the documents name exists, and every setting and metric is in a document."""

import json
import re
from pathlib import Path
from uuid import UUID

import pytest

from cli.main import COMMANDS, Commands
from domain.case.reference import reference_of
from domain.case.stage import Stage
from ledger.postgresql.kinds import KINDS
from projections.case_status.types import CaseStatus
from tests.cli.running import ROOT

PAGES = (
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "subscriber" / "README.md",
)
TEXT = "\n".join(page.read_text() for page in PAGES)
PACKAGES = ("api", "application", "cli", "consumers", "domain", "ledger", "projections")
CODE = "\n".join(path.read_text() for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
SETTING = r"\b(?:PENCERE_[A-Z_]*[A-Z]|KAFKA_[A-Z_]*[A-Z]|DATABASE_URL|VAULT_URL)\b"
METRIC = r"\bpencere_(?:append|ledger_position|log|looks|published|publishing|refusals|time|view|webhook)[a-z_]*\b"
FOLDERS = "|".join((*PACKAGES, "bench", "docs", "subscriber", "tests", "verify"))
IN_THE_DATA_FOLDER = {"ledger/socket"}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    webhooks = {f"PENCERE_WEBHOOK_{name}" for name in re.findall(r'_number\(environment, "((?!PENCERE)[A-Z_]+)"', CODE)}
    read = set(re.findall(rf'"({SETTING})"', CODE)) | webhooks

    assert len(read) > 20
    assert read == set(re.findall(SETTING, TEXT))


def test_every_metric_is_documented_and_every_documented_one_is_there() -> None:
    registered = set(re.findall(rf'"({METRIC})"', (ROOT / "api" / "metrics.py").read_text()))

    assert registered == {name.removesuffix("_total") for name in re.findall(METRIC, TEXT)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_document_names_is_there(page: Path) -> None:
    named = set(re.findall(rf"`((?:{FOLDERS})/[\w./*{{}},-]*)`", page.read_text())) - IN_THE_DATA_FOLDER

    assert [name for name in named for one in _each(name) if not list(ROOT.glob(one))] == []


def _each(name: str) -> list[str]:
    """Return the names that a pattern with braces stands for."""
    if not (braces := re.search(r"{([\w,]+)}", name)):
        return [name]
    return [name.replace(braces[0], one) for one in braces[1].split(",")]


def test_every_command_that_a_document_names_is_there() -> None:
    groups = {name: Commands().get_command(None, name) for name in COMMANDS}
    sessions = {kind.name.split()[1] for kind in KINDS} - groups.keys()  # such as `pencere append`
    of_groups = {kind.name for kind in KINDS if " " in kind.name.removeprefix("pencere ")}
    named = [
        (found[2], found[3])
        for found in re.finditer(r"(?:`|\./)(pencere ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+))?)", TEXT)
        if found[2] not in sessions and found[1] not in of_groups
    ]

    assert len(named) > 30
    for command, below in named:
        assert command in groups
        known = getattr(groups[command], "commands", None)
        assert not below or known is None or below in known, f"pencere {command} {below}"


def test_the_case_in_the_readme_is_a_case_as_the_door_answers_it() -> None:
    [sample] = re.findall(r"^```json\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    case = json.loads(sample)

    fields = CaseStatus.model_fields | CaseStatus.model_computed_fields
    assert list(case) == [field.alias or name for name, field in fields.items()]
    said = case.pop("deadline")
    assert CaseStatus.model_validate(case).model_dump(mode="json")["deadline"] == said
    assert case["stage"] in set(Stage)
    assert case["reference"] == reference_of(UUID(case["caseId"]))


def test_the_production_form_can_keep_the_log_that_the_security_page_rests_on() -> None:
    assert "PENCERE_LOG_ORIGIN" in (ROOT / "SECURITY.md").read_text()
    assert "PENCERE_LOG_ORIGIN: ${PENCERE_LOG_ORIGIN:-}" in (ROOT / "compose.yaml").read_text()
