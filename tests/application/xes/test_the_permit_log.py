"""The municipality's real log, if it is beside the clone."""

from datetime import tzinfo
from pathlib import Path

import pytest

from application.xes import Trace, read_traces

LOG = Path(__file__).resolve().parents[4] / "shared" / "data" / "permit-receipt.xes.gz"


@pytest.mark.skipif(not LOG.exists(), reason="the permit log is not beside this clone")
def test_the_permit_log_counts_as_it_was_counted_independently(zone: tzinfo) -> None:
    traces = [trace for trace in read_traces(LOG, zone=zone) if isinstance(trace, Trace)]
    ended = [(trace.end, trace.deadline) for trace in traces if trace.end and trace.deadline]
    late = [end for end, deadline in ended if end.astimezone(zone).date() > deadline.astimezone(zone).date()]
    steps = [event for trace in traces for event in trace.events]

    assert (len(traces), len(steps)) == (1_434, 8_577)
    assert sum(trace.end is not None for trace in traces) == 1_329
    assert len(late) == 309, "by the dates on the wall; by instants 377 end after the time of day of their deadline"
    assert len({step.name for step in steps}) == 27
    assert len({step.resource for step in steps}) == 48
    assert len({trace.name for trace in traces}) == 1_434
