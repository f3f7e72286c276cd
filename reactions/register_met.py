"""When the register has changed, services that ask for what it holds, or rely on what has left it, are told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.deadlines import local_date
from domain.event import Event
from domain.register.state import RegisterState
from domain.service.commands import MeetRegister
from domain.service.decisions import untold
from domain.service.state import ServiceState
from domain.stream_kinds import SERVICE
from reactions.reaction import WINDOW, TimeReaction, Wanted


class RegisterNow(NamedTuple):
    """The register as it is, its stream and version, and the time zone in which the service's days are counted."""

    register: RegisterState | None
    stream: UUID
    version: int
    time_zone: str


def due(service_id: UUID, service: ServiceState, now: RegisterNow, at: datetime) -> Sequence[Wanted]:
    """Return the command that tells the service, if there is something new; its cause is the register's last event.

    What is new tells the command from others with that cause: those for other services, and for a later version of this
    one.
    """
    if now.register is None:
        return ()
    command = MeetRegister(at, WINDOW, local_date(at, now.time_zone), now.register, now.version)
    told = untold(command, service)
    if not told:
        return ()
    cause, about = f"{now.stream}:{now.version}", "\n".join([str(service_id), *map(_in_words, told)])
    return (Wanted(SERVICE, service_id, command, cause, about),)


def _in_words(event: Event) -> str:
    what = event.model_dump(mode="json", include={"version", "resource", "elements"})
    return f"{event.topic} {what['version']} {what['resource']} {' '.join(what['elements'])}"


REGISTER_MET: Final = TimeReaction("service-meets-register", SERVICE, due)
