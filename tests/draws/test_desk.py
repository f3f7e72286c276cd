"""A desk's roster and draws: who may say what, what is fixed before a reveal, and who is drawn."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from domain.desk import commands
from domain.desk.draw_decisions import fixed_by
from domain.desk.events import (
    AbsenceDeclared,
    AbsenceEnded,
    ConflictDeclared,
    ConflictEnded,
    DeskOpened,
    DrawChainAnchored,
    DrawChainRetired,
    DrawRequested,
    DrawShareRecovered,
    DrawShareRevealed,
    DrawSource,
    OfficialDrawn,
    SeatLeft,
    SeatTaken,
)
from domain.desk.refusals import (
    AbsenceBackwards,
    CaseDrawnForAlready,
    ConflictUnknown,
    DeskAlreadyOpened,
    DeskNotOfTheAgency,
    DeskNotOpened,
    DrawChainNotSigned,
    DrawChainTooLong,
    DrawChainUsedUp,
    DrawListRepeats,
    DrawNotUnderWay,
    DrawOpeningsIncomplete,
    DrawShareNotOfTheChain,
    DrawShareOutOfTurn,
    GuardiansAreTwo,
    KeeperNotAwaited,
    KeeperNotNamed,
    NotAbsent,
    NotTheSeat,
    SeatAlreadyTaken,
    SeatUnknown,
    TooFewToDrawAmong,
)
from domain.desk.roster_state import Seat
from domain.draw.seed import Share, pick, seed_of
from domain.refusals import Refusal
from tests.draws.office import (
    AT,
    CASES,
    DESK_ID,
    KEEPERS,
    KEY,
    LENGTH,
    OFFICE,
    SEATS,
    SERVED,
    TODAY,
    WINDOW,
    after,
    anchor,
    commitment,
    led_to,
    link,
    open_desk,
    recover,
    request,
    reveal,
    seated,
    take_seat,
)

FIRST, SECOND = SEATS[:2]
AGENT = seated(FIRST)


def refused(command: commands.Command, *before: commands.Command, by: type[Refusal], field: str | None = None) -> None:
    with pytest.raises(by) as caught:
        led_to(command, after(*before) if before else None)
    assert caught.value.field == field


def away(first_day: date, last_day: date | None, seat: UUID = FIRST) -> commands.DeclareAbsence:
    return commands.DeclareAbsence(AT, TODAY, seated(seat), seat, first_day, last_day)


# The roster.


def test_officials_sit_down_at_a_desk_that_is_opened_once() -> None:
    assert led_to(open_desk(), None) == [DeskOpened(agency="town", desk="front", key=KEY)]
    assert led_to(take_seat(FIRST), after(open_desk())) == [SeatTaken(seat=FIRST)]
    refused(open_desk(), *OFFICE, by=DeskAlreadyOpened)


def test_a_desk_is_one_of_the_agency() -> None:
    refused(open_desk("side"), by=DeskNotOfTheAgency, field="desk")


def test_nothing_happens_at_a_desk_that_nobody_has_opened() -> None:
    refused(request(), by=DeskNotOpened)
    refused(commands.LeaveSeat(AT, AGENT, FIRST), by=DeskNotOpened)


def test_a_seat_is_held_once() -> None:
    refused(take_seat(FIRST), *OFFICE, by=SeatAlreadyTaken)
    refused(take_seat(FIRST), *OFFICE, commands.LeaveSeat(AT, AGENT, FIRST), by=SeatAlreadyTaken)


def test_an_official_speaks_for_their_own_seat_only() -> None:
    for command in (
        commands.LeaveSeat(AT, seated(SECOND), FIRST),
        commands.DeclareAbsence(AT, TODAY, seated(SECOND), FIRST, TODAY),
        commands.EndAbsence(AT, TODAY, seated(SECOND), FIRST),
        commands.DeclareConflict(AT, WINDOW, FIRST),
        commands.EndConflict(AT, seated(SECOND), FIRST, 1),
    ):
        refused(command, *OFFICE, by=NotTheSeat)
    refused(take_seat(UUID(int=9), AGENT), *OFFICE, by=NotTheSeat)


def test_the_window_takes_an_erased_official_off_the_roster() -> None:
    assert led_to(commands.LeaveSeat(AT, WINDOW, FIRST), after(*OFFICE)) == [SeatLeft(seat=FIRST)]


def test_nobody_speaks_for_a_seat_that_is_left() -> None:
    left = commands.LeaveSeat(AT, AGENT, FIRST)

    for command in (left, away(TODAY, None), commands.DeclareConflict(AT, AGENT, FIRST)):
        refused(command, *OFFICE, left, by=SeatUnknown)


@pytest.mark.parametrize(
    ("day", "is_away"),
    [(date(2026, 11, 30), False), (date(2026, 12, 1), True), (date(2026, 12, 5), True), (date(2026, 12, 6), False)],
)
def test_an_official_is_away_from_a_day_to_a_day(day: date, is_away: bool) -> None:  # noqa: FBT001 - what is expected
    absent = away(date(2026, 12, 1), date(2026, 12, 5))

    assert led_to(absent, after(*OFFICE)) == [
        AbsenceDeclared(seat=FIRST, local_date=TODAY, first_day=absent.first_day, last_day=absent.last_day)
    ]
    assert after(*OFFICE, absent).roster.seats[FIRST].is_away(day) is is_away


def test_an_absence_without_an_end_lasts_until_it_is_ended() -> None:
    absent = after(*OFFICE, away(TODAY, None))
    back = commands.EndAbsence(AT, TODAY, AGENT, FIRST)

    assert absent.roster.seats[FIRST].is_away(date(2099, 1, 1))
    assert led_to(back, absent) == [AbsenceEnded(seat=FIRST, local_date=TODAY)]
    assert after(back, state=absent).roster.seats[FIRST] == Seat()


def test_an_absence_does_not_end_before_it_begins_or_in_the_past() -> None:
    refused(away(date(2026, 12, 2), date(2026, 12, 1)), *OFFICE, by=AbsenceBackwards, field="lastDay")
    refused(away(date(2026, 11, 1), date(2026, 11, 29)), *OFFICE, by=AbsenceBackwards, field="lastDay")


def test_who_is_not_away_does_not_come_back() -> None:
    refused(commands.EndAbsence(AT, TODAY, AGENT, FIRST), *OFFICE, by=NotAbsent)
    yesterday = date(2026, 12, 31)
    absent = after(*OFFICE, away(TODAY, TODAY))
    with pytest.raises(NotAbsent):
        led_to(commands.EndAbsence(AT, yesterday, AGENT, FIRST), absent)


def test_conflicts_are_numbered_at_the_desk_and_end_by_their_number() -> None:
    both = after(*OFFICE, commands.DeclareConflict(AT, AGENT, FIRST))

    assert led_to(commands.DeclareConflict(AT, seated(SECOND), SECOND), both) == [
        ConflictDeclared(seat=SECOND, number=2)
    ]
    ended = commands.EndConflict(AT, AGENT, FIRST, 1)
    assert led_to(ended, both) == [ConflictEnded(seat=FIRST, number=1)]
    with pytest.raises(ConflictUnknown):
        led_to(commands.EndConflict(AT, seated(SECOND), SECOND, 1), both)
    again = after(ended, commands.DeclareConflict(AT, AGENT, FIRST), state=both)
    assert again.roster.seats[FIRST].conflicts == {2}


# Chains.


def test_a_keeper_may_be_at_a_desk_before_any_official() -> None:
    (anchored,) = led_to(anchor(KEEPERS[0]), after(open_desk()))

    assert isinstance(anchored, DrawChainAnchored)
    assert (anchored.keeper, anchored.chain, anchored.length) == (KEEPERS[0], 1, LENGTH)


@pytest.mark.parametrize("length", [0, -1, 1001])
def test_a_chain_is_for_a_thousand_draws_at_most(length: int) -> None:
    refused(anchor(KEEPERS[0], length=length), *OFFICE, by=DrawChainTooLong, field="length")


def test_another_chain_replaces_the_one_that_is_in_use() -> None:
    anchored, retired = led_to(anchor(KEEPERS[0], chain=2), after(*SERVED))

    assert retired == DrawChainRetired(keeper=KEEPERS[0], chain=1, why="replaced")
    assert isinstance(anchored, DrawChainAnchored)
    assert anchored.chain == 2


def test_a_draw_that_was_fixed_goes_on_by_the_links_that_it_has_named() -> None:
    """Else a keeper could take a link back once it knows the others'."""
    replaced = after(*SERVED, request(0), anchor(KEEPERS[0], chain=2))

    with pytest.raises(DrawShareNotOfTheChain):
        led_to(reveal(KEEPERS[0], 1, chain=2), replaced)
    drawn = after(*(reveal(keeper, 1) for keeper in KEEPERS), state=replaced)
    assert drawn.draws.under_way == {}
    assert (KEEPERS[0], 1) not in drawn.draws.chains
    following = after(request(1), state=drawn).draws.under_way[2]
    assert following.source(KEEPERS[0]) == DrawSource(keeper=KEEPERS[0], chain=2, link=1)
    assert following.source(KEEPERS[1]) == DrawSource(keeper=KEEPERS[1], chain=1, link=2)


# Draws.


def test_a_request_fixes_the_list_and_the_next_link_of_every_keeper() -> None:
    (requested,) = led_to(request(0, SEATS[:3], SEATS[3:]), after(*SERVED))

    assert isinstance(requested, DrawRequested)
    assert requested.number == 1
    assert requested.commitments == tuple(commitment(seat, 0) for seat in SEATS[:3])
    assert requested.sources == tuple(DrawSource(keeper=keeper, chain=1, link=1) for keeper in KEEPERS)


def test_numbers_of_draws_have_no_gap() -> None:
    one = after(*SERVED, request(0))

    assert [event.number for event in led_to(request(1), one) if isinstance(event, DrawRequested)] == [2]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (request(0, SEATS[:2], SEATS[2:]), TooFewToDrawAmong),
        (request(0, SEATS[:4]), DrawListRepeats),
        (request(0, SEATS[:4], SEATS[3:4]), DrawListRepeats),
        (request(0, (*SEATS[:4], SEATS[0])), DrawListRepeats),
        (request(0, (*SEATS, UUID(int=9))), DrawListRepeats),
        (request(0, (), SEATS), TooFewToDrawAmong),
        (request(0, openings={}), DrawOpeningsIncomplete),
        (request(0, openings={**request(0).openings, "more": "x"}), DrawOpeningsIncomplete),
    ],
)
def test_everybody_on_the_roster_stands_in_a_draw_once_and_three_are_on_its_list(
    command: commands.RequestDraw, refusal: type[Refusal]
) -> None:
    refused(command, *SERVED, by=refusal)


def test_a_case_is_drawn_for_once_at_a_time() -> None:
    refused(request(0), *SERVED, request(0), by=CaseDrawnForAlready)


def test_without_a_keeper_nothing_is_drawn() -> None:
    refused(request(0), *OFFICE, by=DrawChainUsedUp)
    refused(request(0, keepers=frozenset()), *SERVED, by=DrawChainUsedUp)


def test_a_keeper_that_the_rules_do_not_name_has_no_part() -> None:
    (requested,) = led_to(request(0, keepers=frozenset(KEEPERS[1:])), after(*SERVED))

    assert isinstance(requested, DrawRequested)
    assert [source.keeper for source in requested.sources] == list(KEEPERS[1:])


def test_no_keeper_is_left_out_because_it_has_no_chain_or_it_has_come_to_an_end() -> None:
    two = frozenset(KEEPERS[:2])
    short = after(*OFFICE, anchor(KEEPERS[0]), anchor(KEEPERS[1], length=1), request(0, keepers=two))

    with pytest.raises(DrawChainUsedUp):
        led_to(request(1, keepers=two), short)
    refused(request(0), *OFFICE, anchor(KEEPERS[0]), by=DrawChainUsedUp)


def test_only_a_keeper_that_the_rules_name_anchors_a_chain_and_signs_it() -> None:
    refused(anchor(KEEPERS[0], is_named=False), *OFFICE, by=KeeperNotNamed, field="keeper")
    refused(anchor(KEEPERS[0], is_signed=False), *OFFICE, by=DrawChainNotSigned, field="signature")


def test_the_last_share_draws_and_anybody_computes_the_same() -> None:
    waiting = after(*SERVED, request(0), reveal(KEEPERS[2], 1), reveal(KEEPERS[0], 1))
    fixed = waiting.draws.under_way[1].request

    revealed, drawn = led_to(reveal(KEEPERS[1], 1), waiting)

    seed = seed_of(fixed_by(fixed, DESK_ID), [Share(k.bytes, bytes.fromhex(link(k, 1))) for k in KEEPERS])
    assert revealed == DrawShareRevealed(number=1, keeper=KEEPERS[1], link=link(KEEPERS[1], 1), checkpoint=10)
    assert drawn == OfficialDrawn(number=1, case_id=CASES[0], seed=seed.hex(), index=pick(seed, len(SEATS)))


@pytest.mark.parametrize(
    ("sent", "command", "refusal", "field"),
    [
        ((), reveal(KEEPERS[0], 2, 1), DrawNotUnderWay, "number"),
        ((), reveal(UUID(int=9), 1), KeeperNotAwaited, "keeper"),
        ((reveal(KEEPERS[0], 1),), reveal(KEEPERS[0], 1), KeeperNotAwaited, "keeper"),
        ((), reveal(KEEPERS[0], 1, 2), DrawShareNotOfTheChain, "link"),
        ((request(1),), reveal(KEEPERS[0], 2, 2), DrawShareOutOfTurn, "number"),
        (tuple(reveal(keeper, 1) for keeper in KEEPERS), reveal(KEEPERS[0], 1), DrawNotUnderWay, "number"),
        ((), recover(KEEPERS[0], 1, (1, 1)), GuardiansAreTwo, "guardians"),
        ((), recover(KEEPERS[0], 1, (0, 1)), GuardiansAreTwo, "guardians"),
        ((reveal(KEEPERS[0], 1),), recover(KEEPERS[0], 1), KeeperNotAwaited, "keeper"),
    ],
)
def test_a_keeper_reveals_one_link_once_for_its_draw_and_in_turn(
    sent: Sequence[commands.Command], command: commands.Command, refusal: type[Refusal], field: str | None
) -> None:
    refused(command, *SERVED, request(0), *sent, by=refusal, field=field)


def test_a_late_keepers_link_is_recovered_and_its_chain_retired() -> None:
    waiting = after(*SERVED, request(0), reveal(KEEPERS[1], 1), reveal(KEEPERS[2], 1))

    recovered, drawn, retired = led_to(recover(KEEPERS[0], 1), waiting)

    assert recovered == DrawShareRecovered(number=1, keeper=KEEPERS[0], link=link(KEEPERS[0], 1), guardians=(1, 3))
    assert retired == DrawChainRetired(keeper=KEEPERS[0], chain=1, why="recovered")
    (_, in_time) = led_to(reveal(KEEPERS[0], 1), waiting)
    assert drawn == in_time, "withholding has changed nothing"


def test_after_a_recovery_the_keeper_must_anchor_a_chain_and_the_draws_before_are_recovered_too() -> None:
    late = after(*SERVED, request(0), request(1), recover(KEEPERS[0], 1))

    with pytest.raises(DrawChainUsedUp):
        led_to(request(2), late)
    (recovered,) = led_to(recover(KEEPERS[0], 2), late)
    assert isinstance(recovered, DrawShareRecovered)
    anew = after(anchor(KEEPERS[0], chain=2), request(2), state=late)
    assert anew.draws.under_way[3].source(KEEPERS[0]) == DrawSource(keeper=KEEPERS[0], chain=2, link=1)


def test_openings_are_in_no_repr() -> None:
    secret = request(0, openings=dict.fromkeys(request(0).openings, "secret"))

    assert "secret" not in repr(secret)
    assert "secret" not in repr(led_to(secret, after(*SERVED)))
