"""`pencere audit draw`: opens the draws of a case, and compares each with the roster and the loads of that moment."""

from uuid import UUID

import typer

from application.draws.auditing import Examined, examine
from application.event_loop import run
from application.settings import Settings
from application.storing import KeysMissingError
from cli.databases import Databases, databases
from cli.looking_back import CaseName
from cli.options import AsJson, DataFolder, read_settings
from cli.proving import case_named
from cli.terminal import fail, summary
from cli.wiring import open_window
from domain.refusals import Refusal

_DIFFERS, _CANNOT_TELL = 1, 2


def draw(case: CaseName, *, data: DataFolder = None, as_json: AsJson = False) -> None:
    """Open the draws of a case: who was on the list, who was not and why. It needs the vault, and shows no names."""
    settings = read_settings(data)
    with databases(settings) as where:
        try:
            case_id = case_named(case, where.reader)
            examined = run(_examined(settings, where, case_id))
        except (KeysMissingError, Refusal) as error:
            fail(str(error), _CANNOT_TELL)
    if not examined:
        fail(f"no official was drawn for {case}", _CANNOT_TELL)
    for each in examined:
        summary(_told(each), as_json=as_json)
    if any(each.faults for each in examined):
        raise typer.Exit(_DIFFERS)


async def _examined(settings: Settings, where: Databases, case_id: UUID) -> list[Examined]:
    async with open_window(settings, where) as window:
        return [each async for each in examine(window, case_id)]


def _told(draw: Examined) -> dict[str, object]:
    seats = {str(seat): f"{why}, {draw.loads.get(seat, 'unknown')} open cases" for seat, why in draw.seats.items()}
    return {
        "desk": f"{draw.at.agency}/{draw.at.desk}",
        "draw": draw.number,
        "place": draw.place,
        **seats,
        "faults": list(draw.faults),
    }
