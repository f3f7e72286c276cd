"""The rows of the table of targets: what is measured, the peer, and the target."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from bench import append, drawing, history, importing, public_log, rebuilding, screening, submit, terms, verifying
from bench.evidence import exchange
from bench.figures import Contest
from bench.ground import Ground
from bench.moving import day
from bench.publishing import beside, delay, throughput


class Row(NamedTuple):
    """One comparison. `contest` prepares everything that the contenders need, and removes it afterwards.

    Attributes:
        name: its name.
        unit: of the rates.
        target: the ratio of the rates that must be reached.
        contest: see above.
        remark: what a reader must know to understand it.
        slowest: where it is not the rate that matters: the p99 in milliseconds that must be kept.
        wants_kafka: a broker is started for it.
    """

    name: str
    unit: str
    target: float
    contest: Callable[[Ground], AbstractContextManager[Contest]]
    remark: str = ""
    slowest: float | None = None
    wants_kafka: bool = False


_BESIDE = "Publisher and broker share this machine's cores with the database, the server and the load."

ROWS = (
    Row(
        "append-stock",
        "events/s",
        20,
        append.against_the_stock_recorder,
        "With its database functions on, the stock recorder takes no lock: readers that follow it miss events.",
    ),
    Row(
        "append-naive",
        "events/s",
        0.65,
        append.against_a_naive_group_commit,
        "The naive one: one CTE statement a batch, same driver and arrays, no checks, no keys, no recovery.",
    ),
    Row(
        "append-batches",
        "events/s",
        0.5,
        append.against_hand_written_batches,
        "128 callers, each waiting for its own answer, beside one connection that writes 100 rows a commit.",
    ),
    Row(
        "submit",
        "requests/s",
        2,
        submit.against_a_plain_service,
        "32 connections. Pencere is `pencere serve`: seals, vault, idempotency keys, projectors in the same process."
        " What stores nothing shows what framework and token check cost alone: no service on this framework is faster.",
    ),
    Row(
        "screening",
        "texts/s",
        0.2,
        screening.against_the_library,
        "One core. The peer finds only numbers that are written as such: one in five of the hidden ones.",
        slowest=1,
    ),
    Row(
        "term",
        "terms/s",
        0,
        terms.against_monday_to_friday,
        "One core. The case is older than all acts but one, and its term lies in the days of Novruz. The peer counts"
        " the days of the week, and knows no holiday.",
        slowest=0.1,
    ),
    Row(
        "move-day",
        "requests/s",
        0.5,
        day.against_no_act,
        "Submissions by 32 connections while one act moves every open term, 300 for each second of the measurement, and"
        " without it. `python -m bench.moving` does it with 100,000.",
    ),
    Row(
        "draw",
        "draws/s",
        0.9,
        drawing.with_three_keepers,
        "From submission to drawn official at an even pace. A checkpoint covers each request before it is revealed.",
    ),
    Row("import", "cases/s", 0.05, importing.against_lxml, "Both passes of the import, into an empty ledger."),
    Row(
        "history",
        "requests/s",
        0.9,
        history.against_a_bare_route,
        "32 connections, cases of 8 events. Pencere opens five sealed fields of a case for its applicant.",
    ),
    Row(
        "rebuild-runner",
        "events/s",
        50,
        rebuilding.against_the_runner,
        "Both make all views by the same folds; the runner commits each event. Nobody waits for the disk.",
    ),
    Row(
        "rebuild-copy",
        "events/s",
        0.5,
        rebuilding.against_copy,
        "Decode: the open part parsed, times and upcasts, as folds are given it. Nothing is folded or written.",
    ),
    Row(
        "replay",
        "events/s",
        0.5,
        rebuilding.against_rebuild,
        "`audit replay` folds each event alone and compares every row. Nobody waits for the disk.",
    ),
    Row(
        "verify",
        "events/s",
        0.5,
        verifying.against_sha256,
        "On every core: events are read twice, hashed, and decided anew by the domain's rules; no views."
        " The peer's bytes lie in memory, and one core hashes them.",
    ),
    Row(
        "log-tiles",
        "tiles/s",
        0,
        public_log.against_sha256,
        "Ours reads the ledger, hashes, stores the tiles durably and signs once. A digest an event is the peer's work;"
        " a tree has two more for each.",
    ),
    Row(
        "log-append",
        "events/s",
        0.9,
        public_log.against_no_log,
        "32 callers; the keeper signs every second, in a process of its own, on the same cores and the same disk.",
    ),
    Row(
        "log-receipt",
        "receipts/s",
        0,
        public_log.against_the_schedule,
        "Eight callers, each appending an event and waiting until a published checkpoint covers it.",
        slowest=1000,
    ),
    Row(
        "publish",
        "records/s",
        0.7,
        throughput.against_kafka_python,
        "A record for the event's agency and one for the auditors. The peer's records lie ready in memory.",
        wants_kafka=True,
    ),
    Row(
        "deliver",
        "events/s",
        0,
        delay.against_kafka_python,
        "Counted from recorded_at, which stands before the commit; all processes and the broker on this machine.",
        slowest=50,
        wants_kafka=True,
    ),
    Row(
        "evidence-http",
        "cases/s",
        0,
        exchange.over_http,
        "32 connections submit, then every case gets its evidence, and all of that time counts; window, register and"
        " load share this machine. The peer's server stores nothing and checks nothing.",
    ),
    Row(
        "evidence-kafka",
        "cases/s",
        0,
        exchange.over_kafka,
        "The same by Kafka, with the broker on the same machine; the peer is kafka-python with 32 requests under way.",
        wants_kafka=True,
    ),
    Row("beside-append", "events/s", 0.9, beside.append, _BESIDE, wants_kafka=True),
    Row("beside-submit", "requests/s", 0.9, beside.submit, _BESIDE, wants_kafka=True),
    Row("beside-history", "requests/s", 0.9, beside.history, _BESIDE, wants_kafka=True),
)


def rows_named(names: list[str]) -> list[Row]:
    """Return the rows whose names begin with one of these, in the table's order; all rows when none is named.

    Raises:
        ValueError: no row's name begins this way.
    """
    for name in names:
        if not any(row.name.startswith(name) for row in ROWS):
            raise ValueError(f"no row is called {name}; there are {', '.join(row.name for row in ROWS)}")
    return [row for row in ROWS if not names or any(row.name.startswith(name) for name in names)]
