"""Weighs what a log becomes: a case and a service's version are appended whole or not at all, each in one append."""

from collections.abc import Iterator
from typing import Final

import orjson

from application.xes import Trace
from domain.service.definition import ServiceDefinition

HEAVIEST: Final = 15 << 20
"""Bytes that a trace's case or a version of a service may have; the ledger takes 16 MiB in one append."""

# Upper limits, with the longest names of agency and desk; a test compares them with what the ledger would store.
_SUBMISSION_AND_END: Final = 4096
_STEP: Final = 512
_HAND_OVER: Final = 608
_DRAFT: Final = 2048  # of a version, beside the definition
_CASES_AT_ONCE: Final = 200
_BYTES_AT_ONCE: Final = 64 << 20


def weight_of(trace: Trace) -> int:
    """Return how many bytes the events of the trace's case have in the ledger at most."""
    weight, holder = _SUBMISSION_AND_END, ""
    for event in trace.events:
        weight += _STEP + len(orjson.dumps(event.name))
        if event.resource and event.resource != holder:
            holder = event.resource
            weight += _HAND_OVER
    return weight


def weight_of_service(definition: ServiceDefinition) -> int:
    """Return how many bytes the event with that version of a service has in the ledger at most."""
    return _DRAFT + len(orjson.dumps(definition.model_dump(mode="json")))


def batched(traces: Iterator[Trace]) -> Iterator[list[Trace]]:
    """Yield the traces in batches: each has few enough cases, and few enough bytes before its last case.

    The ledger refuses appends when too many bytes wait, and a batch is in memory as a whole.
    """
    batch: list[Trace] = []
    weight = 0
    for trace in traces:
        batch.append(trace)
        weight += weight_of(trace)
        if len(batch) == _CASES_AT_ONCE or weight >= _BYTES_AT_ONCE:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch
