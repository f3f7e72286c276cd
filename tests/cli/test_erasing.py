"""`pencere vault erase` erases exactly the person whose subject it reads, and says so when it knows nobody."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.cli.running import pencere, summary_of

EVENT = '<event><string key="concept:name" value="Do"/><string key="org:resource" value="{}"/>{}</event>'
AT = '<date key="time:timestamp" value="2020-01-02T10:00:00Z"/>'
NOBODY = "Nobody of that name was known"


def erased(data: Path, subject: str) -> CompletedProcess[str]:
    return pencere("vault", "erase", "--issuer", "xes:town", "--yes", "--json", data=data, stdin=subject)


@pytest.fixture
def worked_on(data: Path, tmp_path: Path) -> Path:
    """The data folder of a window with three cases of one official and one of another, whose names nearly agree."""
    names = ["Leyla ", "Leyla ", "Leyla ", "Leyla"]
    traces = "".join(
        f'<trace><string key="concept:name" value="{number}"/>{EVENT.format(name, AT)}</trace>'
        for number, name in enumerate(names)
    )
    log = tmp_path / "log.xes"
    log.write_text(f"<log>{traces}</log>")
    summary_of(pencere("import", "xes", str(log), "--agency", "town", "--service", "permit", "--json", data=data))
    return data


def test_white_space_is_a_part_of_the_name_and_one_line_end_is_not(worked_on: Path) -> None:
    unknown = erased(worked_on, "Leyla \n\n")
    first = erased(worked_on, "Leyla \r\n")
    again = erased(worked_on, "Leyla ")
    other = erased(worked_on, "Leyla\n")

    assert [summary_of(each)["cases"] for each in (unknown, first, again, other)] == [0, 3, 0, 1]
    assert [NOBODY in each.stderr for each in (unknown, first, again, other)] == [True, False, True, False]
    assert "Leyla" not in unknown.stderr + again.stderr


def test_nobody_is_erased_when_nobody_is_named(tmp_path: Path) -> None:
    for given in ("", "\n"):
        ended = erased(tmp_path, given)

        assert ended.returncode == 1
        assert "there was none" in ended.stderr
