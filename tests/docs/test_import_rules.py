"""The operator's page names every rule by which a log is read or refused."""

import inspect
import re
from pathlib import Path

from application.importing.refusals import ServiceTooLarge
from application.importing.survey import TOO_LONG
from application.xes import Assumption, instants

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operator.md").read_text()
SECTION = PAGE.partition("## Bringing in an event log\n")[2].partition("\n## ")[0]
CELLS = re.findall(r"^\| (`.+?`(?:, `.+?`)*) \|", SECTION, re.MULTILINE)
NAMED = {name for cell in CELLS for name in re.findall("`(.+?)`", cell)}


def test_every_rule_of_the_import_stands_in_the_operators_page_and_no_other() -> None:
    refused_by = set(re.findall(r'DoubtfulTimeError\(\s*".+?", "(.+?)"\)', inspect.getsource(instants)))

    assert len(refused_by) == 8
    assert refused_by | {TOO_LONG, ServiceTooLarge.rule} | {kind.value for kind in Assumption} == NAMED
