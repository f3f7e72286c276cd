"""HTTP's answers in degraded states: status, rule and Retry-After by state and class of route, for operators.

Each state is caused by a real fault, and all classes are requested at the same time. Every answer comes within a limit,
and when the fault is over, everything goes on.
"""

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx2
import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from psycopg import sql

from application.settings import MADE_UP_ORIGIN
from consumers.kafka_settings import KafkaSettings
from ledger.embedded.postgres import ADMIN, LEDGER_DATABASE, EmbeddedPostgres
from ledger.public_log.keeping import check_before_serving
from ledger.public_log.stops import SignerAheadError
from tests.api.degrading import Lines
from tests.api.people import People, Person, address_of, assert_problem, position_of
from tests.api.running import RunningWindow, Where, fresh_databases
from tests.api.stopping import StoppableWindow, people_at, until
from tests.kafka.publishing import publisher
from tests.ledger.tree.kept import append, keep, place_in
from tests.proofs.kept_window import keeping

OPERATORS = Path(__file__).parents[2] / "docs" / "operator.md"
PATIENCE = 1.0
"""Seconds that these windows wait for a database; in production 10 and 30."""
LIMIT = 8.0
"""Seconds within which every answer must come."""


class Answer(NamedTuple):
    """A refusal."""

    status: int
    rule: str
    retry_after: int

    def __str__(self) -> str:
        return f"{self.status} `{self.rule}`, {self.retry_after} s"


class Asked(NamedTuple):
    """A class of routes: the view that it needs, if any, a sample request, and the answer when all is well."""

    view: str | None
    ask: Callable[["Here", Mapping[str, str]], httpx2.Response]
    well: frozenset[int] = frozenset({200})


class Here(NamedTuple):
    """The people of a window, and two cases of the citizen's: the log covers the submission of the first one only."""

    people: People
    case: str
    later_case: str


def is_away(official: Person) -> httpx2.Response:
    """Let an official be away one day; they must have a seat."""
    return official.sends("/v1/desks/north/seat/absence", {"firstDay": "2099-01-01"}, method="PUT")


CLASSES: dict[str, Asked] = {
    "public catalogue": Asked("catalogue", lambda here, sent: here.people.anyone.asks("/v1/services", **sent)),
    "evaluation": Asked(
        "service_performance", lambda here, sent: here.people.anyone.asks("/v1/evaluation/services", **sent)
    ),
    "citizen read": Asked("case_status", lambda here, sent: here.people.citizen.asks(here.case, **sent)),
    "citizen write": Asked(None, lambda here, _: here.people.citizen.submits(here.people.service), frozenset({201})),
    "official read": Asked("case_status", lambda here, sent: here.people.official.asks(here.case, **sent)),
    "absence": Asked(None, lambda here, _: is_away(here.people.official), frozenset({204})),
    "worklist": Asked("worklist", lambda here, sent: here.people.official.asks("/v1/desks/north/worklist", **sent)),
    "draws": Asked("draws", lambda here, sent: here.people.anyone.asks("/v1/draws", **sent)),
    "agency feed": Asked("agency_feed", lambda here, sent: here.people.system.asks("/v1/events", **sent)),
    "auditor": Asked(None, lambda here, sent: here.people.auditor.asks("/v1/events", **sent)),
    "log files": Asked(None, lambda here, _: here.people.anyone.asks("/log/checkpoint")),
    "receipt": Asked(None, lambda here, _: here.people.citizen.asks(f"{here.case}/receipt")),
    "receipt of what is not signed yet": Asked(
        None,
        lambda here, _: here.people.citizen.asks(f"{here.later_case}/receipt", Prefer="wait=0"),
        frozenset({404}),
    ),
    "live": Asked(None, lambda here, _: here.people.anyone.asks("/health/live")),
    "ready": Asked(None, lambda here, _: here.people.anyone.asks("/health/ready")),
    "metrics": Asked(None, lambda here, _: here.people.anyone.asks("/metrics")),
}


def asks_plainly(name: str, here: Here) -> httpx2.Response:
    return CLASSES[name].ask(here, {})


ASKED_BY_MANY: dict[str, Callable[[Here], httpx2.Response]] = {
    "own worklist": lambda here: here.people.official.asks("/v1/desks/north/worklist?show=mine"),
    **{name: partial(asks_plainly, name) for name in ("absence", "citizen write", "official read")},
}
Row = dict[str, Answer | None]
AS_EVER: Row = dict.fromkeys(CLASSES)
NEEDING_VIEWS = [name for name, asked in CLASSES.items() if asked.view]
VAULT_NEEDED = (
    *("citizen read", "citizen write", "official read", "absence"),
    *("receipt", "receipt of what is not signed yet"),
)
TOKEN_NEEDED = (*VAULT_NEEDED, "worklist", "agency feed", "auditor")
NOT_READY, AWAY, BUSY = Answer(503, "not-ready", 2), Answer(503, "database-away", 2), Answer(503, "ledger-busy", 1)
WITHOUT_LEDGER: Row = {name: None if name in {"live", "metrics"} else AWAY for name in CLASSES} | {"ready": NOT_READY}
WITHOUT_VAULT: Row = AS_EVER | {
    **dict.fromkeys(VAULT_NEEDED, AWAY),
    "ready": NOT_READY,
}
DEGRADED: dict[str, Row] = {
    "the view that it needs has stopped": AS_EVER
    | dict.fromkeys(NEEDING_VIEWS, Answer(503, "view-stopped", 60))
    | {"ready": Answer(503, "view-stopped", 60)},
    "the view that it needs is behind": AS_EVER | dict.fromkeys(NEEDING_VIEWS, Answer(503, "view-behind", 1)),
    "the ledger's database is away": WITHOUT_LEDGER,
    "the ledger's database does not answer": WITHOUT_LEDGER,
    "the ledger's sessions are stopped": AS_EVER,
    "the ledger's database is slow": AS_EVER,
    "the vault's database is away": WITHOUT_VAULT,
    "the vault's database does not answer": WITHOUT_VAULT,
    "the vault's sessions are stopped": AS_EVER,
    "the vault's database is slow": AS_EVER,
    "too much waits to be appended": AS_EVER | dict.fromkeys(("citizen write", "absence"), BUSY),
    "the broker is away": AS_EVER,
    "the issuer of the tokens is away": AS_EVER | dict.fromkeys(TOKEN_NEEDED, Answer(503, "issuer-away", 2)),
    "the log's signer is ahead": AS_EVER | {"receipt of what is not signed yet": Answer(503, "log-stopped", 60)},
}


def check(answer: httpx2.Response, wanted: Answer | None, name: str) -> None:
    """Check an answer by the table."""
    assert answer.elapsed.total_seconds() < LIMIT, name
    if wanted is None:
        assert answer.status_code in CLASSES[name].well, (name, answer.status_code, answer.text)
    else:
        assert_problem(answer, wanted.status, wanted.rule)
        assert answer.headers["Retry-After"] == str(wanted.retry_after), name


def asked_at_once(here: Here, names: list[str], headers: Mapping[str, str]) -> dict[str, httpx2.Response]:
    """Send a request of each class at the same time."""
    with ThreadPoolExecutor(len(names)) as askers:
        asking = {name: askers.submit(CLASSES[name].ask, here, headers) for name in names}
        return {name: answer.result(LIMIT * 2) for name, answer in asking.items()}


def check_row(here: Here, state: str, names: list[str] | None = None, headers: Mapping[str, str] | None = None) -> None:
    """Check the answers of all classes, or of the given ones, in a state."""
    for name, answer in asked_at_once(here, names or list(CLASSES), headers or {}).items():
        check(answer, DEGRADED[state][name], name)


def all_goes_on(here: Here) -> None:
    """Wait until every class answers as usual, also for the position of a new write."""

    def is_well() -> bool:
        written = here.people.neighbour.submits(here.people.service)
        if written.status_code != 201:
            return False
        headers = {"Position_Token": position_of(written), "Prefer": "wait=2"}
        answers = asked_at_once(here, list(CLASSES), headers)
        return all(answer.status_code in CLASSES[name].well for name, answer in answers.items())

    until(is_well)


def settled(window: RunningWindow, people: People, postgres: EmbeddedPostgres, name: str) -> Here:
    """Return people with a case that the public log covers, and another that waits at the desk."""
    assert people.official.sends("/v1/desks/north/seat", method="PUT").is_success
    people.neighbour.submits(people.service)
    submitted = people.citizen.submits(people.service)
    if window.projecting:
        assert people.citizen.asks(address_of(submitted), position=position_of(submitted)).is_success
    place = place_in(postgres, f"{LEDGER_DATABASE}_{name}", window.settings.data)
    assert keep(place, MADE_UP_ORIGIN) >= int(position_of(submitted))
    return Here(people, address_of(submitted), address_of(people.citizen.submits(people.service)))


class Breakable(NamedTuple):
    """A window with little patience, on connections that can be broken."""

    here: Here
    lines: Lines
    where: Where
    data: Path


@pytest.fixture(scope="module")
def breakable(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breakable]:
    folder = tmp_path_factory.mktemp("breakable")
    with (
        fresh_databases(postgres, "breakable") as where,
        Lines(where) as lines,
        RunningWindow(lines.where, folder, patience=PATIENCE) as window,
        people_at(window, "office", "leave", 0) as people,
    ):
        yield Breakable(settled(window, people, postgres, "breakable"), lines, where, folder)


Strike = Callable[[Lines], AbstractContextManager[None]]
STRIKES: dict[str, Strike] = {
    "the ledger's database is away": lambda lines: lines.ledger.cut(),
    "the ledger's database does not answer": lambda lines: lines.ledger.held(),
    "the ledger's sessions are stopped": lambda lines: lines.ledger.backends_stopped(),
    "the ledger's database is slow": lambda lines: lines.ledger.slowed(PATIENCE / 10),
    "the vault's database is away": lambda lines: lines.vault.cut(),
    "the vault's database does not answer": lambda lines: lines.vault.held(),
    "the vault's sessions are stopped": lambda lines: lines.vault.backends_stopped(),
    "the vault's database is slow": lambda lines: lines.vault.slowed(PATIENCE / 10),
}


@pytest.mark.parametrize("state", STRIKES)
def test_when_a_database_is_struck_every_answer_is_by_the_table_and_in_time(breakable: Breakable, state: str) -> None:
    with STRIKES[state](breakable.lines):
        check_row(breakable.here, state)
    all_goes_on(breakable.here)


@pytest.mark.parametrize("state", ["the vault's database does not answer", "the ledger's database does not answer"])
def test_however_many_ask_at_once_everybody_is_told_in_time(breakable: Breakable, state: str) -> None:
    names = [*ASKED_BY_MANY] * 10
    with STRIKES[state](breakable.lines), ThreadPoolExecutor(len(names)) as askers:
        for name, answer in zip(
            names, askers.map(lambda name: ASKED_BY_MANY[name](breakable.here), names), strict=True
        ):
            check(answer, AWAY, name)
    all_goes_on(breakable.here)


FROM_THE_DATABASE = re.compile(r"^pencere_(?:ledger|view|published|publishing|webhook|log)_[a-z_]+", re.MULTILINE)


def test_what_a_database_does_not_tell_is_not_in_the_metrics(breakable: Breakable) -> None:
    """Zero would be false, and so would the last known value."""
    here = breakable.here
    before = here.people.anyone.asks("/metrics").text
    with breakable.lines.ledger.held():
        meanwhile = here.people.anyone.asks("/metrics").text
    all_goes_on(here)

    assert "pencere_ledger_position" in FROM_THE_DATABASE.findall(before)
    assert FROM_THE_DATABASE.findall(meanwhile) == []
    assert "pencere_append_seconds_count" in meanwhile
    assert "pencere_looks_waiting" in meanwhile
    assert set(FROM_THE_DATABASE.findall(here.people.anyone.asks("/metrics").text)) >= set(
        FROM_THE_DATABASE.findall(before)
    )


def test_when_the_broker_is_away(breakable: Breakable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = KafkaSettings(f"127.0.0.1:{closed.getsockname()[1]}")
    with publisher(breakable.where, nobody), psycopg.connect(breakable.where.reader, autocommit=True) as beside:
        publishing = b"SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'pencere outbox kafka'"
        until(lambda: beside.execute(publishing).fetchone() == (True,))
        check_row(breakable.here, "the broker is away")
    all_goes_on(breakable.here)


def test_when_the_issuer_of_the_tokens_is_away(breakable: Breakable) -> None:
    window = RunningWindow(breakable.where, breakable.data, projecting=False)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/keys"
    window.settings = window.settings._replace(oidc_issuer="https://login.example", oidc_jwks=nobody)
    token = jwt.encode({"alg": "ES256"}, {"iss": "https://login.example"}, ECKey.generate_key("P-256"))
    with window, People(window.somebody, "office", "leave", 0) as people:
        for person in people.made:
            if person is not people.anyone:
                person.http.headers["Authorization"] = f"Bearer {token}"
        check_row(breakable.here._replace(people=people), "the issuer of the tokens is away")


@pytest.fixture(scope="module")
def stoppable(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoppableWindow]:
    folder = tmp_path_factory.mktemp("degraded")
    with fresh_databases(postgres, "degraded") as where, StoppableWindow(where, folder) as window:
        yield window


def test_when_a_view_has_stopped(stoppable: StoppableWindow, postgres: EmbeddedPostgres) -> None:
    state = "the view that it needs has stopped"
    with people_at(stoppable.running, "office", "leave", 0) as people:
        here = settled(stoppable.running, people, postgres, "degraded")
        for view in sorted({asked.view for asked in CLASSES.values() if asked.view}):
            with stoppable.stopped(view, lambda: people.neighbour.submits("leave")):
                later = {"Position_Token": position_of(people.neighbour.submits("leave"))}
                answers = asked_at_once(here, list(CLASSES), later)
            for name, answer in answers.items():
                needs_it = CLASSES[name].view == view or name == "ready"
                check(answer, DEGRADED[state][name] if needs_it else None, name)
        all_goes_on(here)


def test_when_a_view_is_behind(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with fresh_databases(postgres, "behind") as where:
        with RunningWindow(where, tmp_path) as window, people_at(window, "office", "leave", 0) as people:
            _, *cases = settled(window, people, postgres, "behind")
        with (
            RunningWindow(where, tmp_path, projecting=False) as window,
            People(window.somebody, "office", "leave", 0) as people,
        ):
            later = {"Position_Token": position_of(people.neighbour.submits("leave")), "Prefer": "wait=0"}
            check_row(Here(people, *cases), "the view that it needs is behind", headers=later)


def test_when_too_much_waits_to_be_appended(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with (
        fresh_databases(postgres, "busy") as where,
        RunningWindow(where, tmp_path, most_waiting=1) as window,
        people_at(window, "office", "leave", 0) as people,
    ):
        here = settled(window, people, postgres, "busy")
        owner = postgres.ledger_url("pencere_owner", f"{LEDGER_DATABASE}_busy")
        with ThreadPoolExecutor(8) as submitting, psycopg.connect(owner) as holder:
            holder.execute("SELECT position FROM ledger.head FOR UPDATE")
            waiting = [submitting.submit(people.neighbour.submits, "leave") for _ in range(8)]
            until(lambda: sum(each.done() for each in waiting) == 6)  # one is running, one waits
            check_row(here, "too much waits to be appended")
            holder.rollback()
            assert sorted(each.result(LIMIT).status_code for each in waiting) == [201, 201, *[503] * 6]
        all_goes_on(here)


@contextmanager
def restored(postgres: EmbeddedPostgres, where: Where, name: str) -> Iterator[Where]:
    """Yield the databases with the ledger as in a backup of this moment. Nobody may use the ledger while it is made."""
    backup = f"{LEDGER_DATABASE}_{name}_restored"
    made_of = [sql.Identifier(backup), sql.Identifier(f"{LEDGER_DATABASE}_{name}")]
    with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER pencere_owner TEMPLATE {}").format(*made_of))
        try:
            yield where.in_ledger(backup)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(made_of[0]))


def test_when_the_signer_is_ahead_of_a_restored_backup(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with fresh_databases(postgres, "ahead") as where:
        with RunningWindow(where, tmp_path) as window, people_at(window, "office", "leave", 0) as people:
            _, *cases = settled(window, people, postgres, "ahead")
            everything = people.auditor.asks("/v1/services", position=position_of(people.citizen.submits("leave")))
            assert everything.is_success
        with restored(postgres, where, "ahead") as older:
            place = place_in(postgres, f"{LEDGER_DATABASE}_ahead", tmp_path)
            append(place, 20)
            keep(place, MADE_UP_ORIGIN)
            with (
                RunningWindow(older, tmp_path) as window,
                keeping(older, window),
                People(window.somebody, "office", "leave", 0) as people,
            ):
                alarm = 'pencere_log_alarm{kind="stopped",source="signer"} 1.0'
                until(lambda: alarm in people.anyone.asks("/metrics").text)
                check_row(Here(people, *cases), "the log's signer is ahead")
                with pytest.raises(SignerAheadError):
                    check_before_serving(older.projector, window.settings.log_folder, MADE_UP_ORIGIN)


def told() -> str:
    """Return the table as operators read it: each state's lines, with every answer that differs from the usual one."""
    lines = ["| state | what is asked for | answer |", "| --- | --- | --- |"]
    for state, row in DEGRADED.items():
        answers: dict[Answer, list[str]] = {}
        for name, answer in row.items():
            if answer is not None:
                answers.setdefault(answer, []).append(name)
        lines += [f"| {state} | {', '.join(names)} | {answer} |" for answer, names in answers.items()]
        lines.append(f"| {state} | {'all others' if answers else 'everything'} | as ever |")
    return "\n".join(lines)


def test_operators_read_the_same_table() -> None:
    assert told() in OPERATORS.read_text()
