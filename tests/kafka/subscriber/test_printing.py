"""`pencere subscribe` prints one event per line, for pipes."""

import json
import subprocess
import sys
from typing import Any

from pencere_subscriber import Settings
from tests.cli.running import ROOT, environment
from tests.kafka.subscriber.press import Press


def subscribe(kafka: Settings | None, *arguments: str, into: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with its output in a pipe."""
    command = f'"$0" -m cli subscribe "$@" {into and "| "}{into}'
    own = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers} if kafka else {"KAFKA_BOOTSTRAP_SERVERS": ""}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command, sys.executable, *arguments],
        env=environment(**own),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def events(ended: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_every_event_is_a_cloud_event_on_a_line_of_its_own(kafka: Settings, press: Press) -> None:
    press.print(100)

    told = events(subscribe(kafka, "--agency", press.agency, "--until-caught-up", "--json"))

    printed = {record.sequence: record for record in press.printed}
    assert sorted(event["sequence"] for event in told) == list(printed)
    for event in told:
        record = printed[event["sequence"]]
        headers = {name: value.decode() for name, value in record.headers}
        assert event["data"] == json.loads(record.value)
        assert (event["specversion"], event["datacontenttype"]) == ("1.0", "application/json")
        assert {f"ce_{name}": str(value) for name, value in event.items()}.items() >= {
            (name, value) for name, value in headers.items() if name.startswith("ce_")
        }


def test_it_begins_where_it_is_told_and_a_group_goes_on(kafka: Settings, press: Press) -> None:
    press.print(40)
    asked = ("--agency", press.agency, "--group", press.group, "--from", "position:301", "--until-caught-up", "--json")
    first = events(subscribe(kafka, *asked))
    press.print(5)
    second = events(subscribe(kafka, *asked))

    assert sorted(event["sequence"] for event in first) == list(range(31, 41))
    assert sorted(event["sequence"] for event in second) == list(range(41, 46))


def test_a_reader_that_has_had_enough_ends_it_without_a_word(kafka: Settings, press: Press) -> None:
    press.print(2000)

    ended = subscribe(kafka, "--agency", press.agency, "--json", into="head -n 1")

    assert len(ended.stdout.splitlines()) == 1
    assert ended.stderr == ""


def test_a_gap_ends_it_with_a_sentence_and_a_status(kafka: Settings, press: Press) -> None:
    press.print(10)
    press.next()
    press.print(10)

    ended = subscribe(kafka, "--agency", press.agency, "--until-caught-up", "--json")

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"pencere: {press.topic}, partition ")


def test_without_a_kafka_there_is_one_sentence() -> None:
    ended = subscribe(None, "--agency", "town", "--json")

    assert ended.returncode == 1
    assert ended.stderr == "pencere: KAFKA_BOOTSTRAP_SERVERS says where Kafka is, and is not set\n"


def test_its_help_is_the_kits() -> None:
    ended = subscribe(None, "--help")

    assert ended.returncode == 0
    assert "usage: pencere subscribe" in ended.stdout
    assert "--until-caught-up" in ended.stdout
