"""The result of a fault: how many events are lost, doubled or out of order at the agencies, and the longest pause."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from projections.agency_feed.types import Delivery
from tests.kafka.faults.rows import Fault
from tests.kafka.faults.world import World
from tests.kafka.subscriber.table import Told
from tests.kafka.verdict import judge


class Losses(NamedTuple):
    """The errors in the events that an agency got."""

    lost: int = 0
    twice: int = 0
    out_of_order: int = 0
    wrong: int = 0

    def and_also(self, other: "Losses") -> "Losses":
        """Return the sum of both."""
        return Losses(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Row(NamedTuple):
    """A row of the table of faults."""

    fault: str
    events: int
    losses: Losses
    repeated: int
    """Records that the publisher has sent again; the kit passes over them."""
    pause: float
    """The longest time in seconds in which an agency got nothing: the time until events flowed again.

    Without that in which there was no broker: how fast one starts is the machine's doing.
    """

    def __str__(self) -> str:
        name = self.fault.replace("_", " ")
        lost, twice, out_of_order, wrong = self.losses
        return (
            f"{name}: {self.events} events, lost {lost}, out of order per case {out_of_order}, twice after the kit "
            f"{twice}, wrong {wrong}; sent again {self.repeated}; events flowed again after {self.pause:.1f} s"
        )


def losses(told: Sequence[Told], feed: Sequence[tuple[int, int]]) -> Losses:
    """Compare the events that an agency got with its feed: sequence and position of each."""
    times = Counter(each.sequence for each in told)
    known = dict(feed)
    last: dict[str, int] = {}
    out_of_order = 0
    for each in told:
        out_of_order += each.position < last.get(each.case_id, 0)
        last[each.case_id] = each.position
    return Losses(
        lost=sum(sequence not in times for sequence in known),
        twice=sum(count - 1 for count in times.values()),
        out_of_order=out_of_order,
        wrong=sum(known.get(each.sequence) != each.position for each in told),
    )


def through(world: World, fault: Fault, times: int = 1) -> Row:
    """Cause a fault in a working world a number of times, and judge the result, including the topics."""
    world.outages.clear()
    with world.growth:
        world.flows()
        # From here on: before it stands the time in which the row before this one was judged, which grows with the log.
        since = [agency.table.last() for agency in world.agencies]
        for _ in range(times):
            world.flows()
            fault(world)
            world.flows()
    entries, feeds = world.in_step()
    verdict = judge(world.broker, entries, feeds)
    found = Losses()
    for agency in world.agencies:
        found = found.and_also(losses(agency.table.told(), _numbers(feeds[agency.name])))
    pauses = [agency.table.longest_pause(start) for agency, start in zip(world.agencies, since, strict=True)]
    return Row(fault.__name__, len(entries), found, verdict.again, max(pauses) - min(world.outages, default=0))


def _numbers(feed: Sequence[Delivery]) -> list[tuple[int, int]]:
    return [(delivery.sequence, delivery.entry.position) for delivery in feed]
