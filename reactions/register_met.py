"""When the register has changed, services that ask for what it holds, or rely on what has left it, are told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.deadlines import local_date
from domain.register.state import RegisterState
from domain.service.commands import MeetRegister
from domain.service.register_rules import asked_though_held, lost_sources
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
    """Return the command that tells the service, if there is something new; its cause is the register's last event."""
    if now.register is None or service.published_version is None:
        return ()
    definition = service.versions[service.published_version].definition
    held = asked_though_held(definition, now.register).keys() - service.told_held
    lost = lost_sources(definition, now.register).keys() - service.told_lost
    if not (held or lost):
        return ()
    command = MeetRegister(at, WINDOW, local_date(at, now.time_zone), now.register, now.version)
    return (Wanted(SERVICE, service_id, command, f"{now.stream}:{now.version}"),)


REGISTER_MET: Final = TimeReaction("service-meets-register", SERVICE, due)
