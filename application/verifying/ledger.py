"""Checks a whole ledger: first bytes and tree by position, then every stream by the rules."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from application.identity import looks_stream
from application.verifying.streams import check_streams
from ledger.audit.findings import Finding, in_order
from ledger.audit.session import ReadingSession
from ledger.audit.statements import check_statements
from ledger.audit.stream_order import ranges
from ledger.audit.whole import Against, TreeChecked, Work, check_tree

MOST: Final = 100
"""At most so many findings are reported."""

_EVENTS_A_PART: Final = 20_000

Progress: TypeAlias = Callable[[int, int], None]
"""Receives how much is done and how much there is; each event counts twice."""


class LedgerChecked(NamedTuple):
    """How the ledger compares with its tree, and all findings, the first bad event first.

    `foreign` events belong to another application, and nothing here knows what they mean.
    """

    tree: TreeChecked
    findings: list[Finding]
    more: int
    foreign: int


def check_ledger(url: str, against: Against, work: Work, progress: Progress) -> LedgerChecked:
    """Check every event of the ledger.

    Raises:
        KeyUnknownError: there is a signed checkpoint to compare with, but no key to check its signature.
        LedgerUnreadableError, TilesUnreadableError, OSError: something cannot be read.
    """
    done = 0
    with ReadingSession(url) as session:
        total = 2 * session.extent().last

    def told(more: int) -> None:
        nonlocal done
        done += more
        progress(done, max(total, done))

    tree = check_tree(url, against, work, told)
    findings = [*tree.findings]
    with ReadingSession(url) as session:
        if tree.key is not None:
            findings += check_statements(session, against.statements, tree.key, looks_stream)
        parts = ranges(session, tree.events, max(1, tree.events // _EVENTS_A_PART))
    counted = foreign = 0
    for checked in work(check_streams, ((url, part, tree.events) for part in parts)):
        findings += checked.findings
        counted += checked.events
        foreign += checked.foreign
        told(checked.events)
    # The events were read by two indexes, which need not have the same: the owner of a database can damage one.
    if counted != tree.events and not findings:
        says = f"by position there are {tree.events} events, and stream by stream {counted}"
        findings.append(Finding("position", None, says))
    findings = in_order(findings)
    return LedgerChecked(tree, findings[:MOST], max(0, len(findings) - MOST), foreign)
