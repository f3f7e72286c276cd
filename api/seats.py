"""The routes of an official's own seat at a desk: sit down and leave, be away and back, conflicts of interest."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.answers import json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.documentation import described
from api.worklist import Desk
from application.access.authorisation import Action, authorise_at_desk
from application.draws import rosters
from application.request_document import RequestDocument, TrimmedLine
from domain.values import Element, Number
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/desks/{desk}/seat", tags=["desks"])


class Absence(RequestDocument):
    """From which day to which the official is away, in the agency's time zone; without a last day: for now."""

    first_day: date
    last_day: date | None = None


class Conflict(RequestDocument):
    """By which data element and value somebody is known whose cases the official must not decide.

    Only the vault keeps it, as a keyed hash: nobody can read it there, and no event has it.
    """

    element: Element
    value: Annotated[TrimmedLine, Field(max_length=100)]


class SeatDocument(ViewType):
    """The official's seat: a random id that stands for them at this desk, and nowhere else."""

    seat: UUID


class ConflictDocument(ViewType):
    """The number of a declared conflict at the desk."""

    number: int


@router.put("", **described("Sit down at a desk", Action.KEEP_SEAT, gives=SeatDocument))
async def take_seat(desk: Desk, call: JsonCall) -> Response:
    """Sit down at a desk: from then on the caller may be drawn for its cases. A repeat gives the same seat."""
    seat = await rosters.take_seat(call.services.window, call.caller, desk)
    return json_answer(written_as(SeatDocument(seat=seat)), 200)


@router.delete("", **described("Leave a desk", Action.KEEP_SEAT, status=204, refuses=(409,)))
async def leave_seat(desk: Desk, call: JsonCall) -> Response:
    """Leave a desk. The caller's cases there are drawn for again."""
    await rosters.leave_seat(call.services.window, call.caller, desk)
    return Response(None, 204)


@router.put("/absence", **described("Be away", Action.KEEP_SEAT, status=204, takes=Absence, refuses=(409,)))
async def declare_absence(desk: Desk, call: JsonCall) -> Response:
    """Be away for some days, or for now: nobody who is away is drawn. It replaces what was declared before."""
    authorise_at_desk(call.caller, Action.KEEP_SEAT, desk)
    absence = (await read_body(call, Absence)).document
    await rosters.declare_absence(call.services.window, call.caller, desk, absence.first_day, absence.last_day)
    return Response(None, 204)


@router.delete("/absence", **described("Be back", Action.KEEP_SEAT, status=204, refuses=(409,)))
async def end_absence(desk: Desk, call: JsonCall) -> Response:
    """Be back, or do not go away after all."""
    await rosters.end_absence(call.services.window, call.caller, desk)
    return Response(None, 204)


@router.post(
    "/conflicts",
    **described(
        "Declare a conflict of interest",
        Action.KEEP_SEAT,
        status=201,
        gives=ConflictDocument,
        takes=Conflict,
        refuses=(409,),
    ),
)
async def declare_conflict(desk: Desk, call: JsonCall) -> Response:
    """Be drawn for no case of somebody. The answer's number is needed to end the conflict."""
    authorise_at_desk(call.caller, Action.KEEP_SEAT, desk)
    conflict = (await read_body(call, Conflict)).document
    number = await rosters.declare_conflict(call.services.window, call.caller, desk, conflict.element, conflict.value)
    return json_answer(written_as(ConflictDocument(number=number)), 201)


@router.delete(
    "/conflicts/{number}", **described("End a conflict of interest", Action.KEEP_SEAT, status=204, refuses=(409,))
)
async def end_conflict(
    desk: Desk, number: Annotated[Number, Path(description="The conflict's number.")], call: JsonCall
) -> Response:
    """Be drawn for that person's cases again."""
    await rosters.end_conflict(call.services.window, call.caller, desk, number)
    return Response(None, 204)
