"""A town whose wall clock can jump: time that passes moves two clocks, a jump only one; and a real time server."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2

from api.app import create_app
from api.metrics import Metrics
from api.services import ApiServices, token_verifier
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import ServiceDraft, ServicePublication
from application.clock import system_clock
from application.settings import MADE_UP_ORIGIN, Settings
from consumers.legal_time import Machine, Sources
from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from consumers.time_server import TimeServer
from domain.values import micros_at
from ledger.channels.legal_time import TimeStanding
from ledger.public_log.public_log import PublicLog
from tests.application.town import COORDINATOR, SERVICE, citizen, submitted
from tests.reactions.conftest import TERM, Town, until

BAKU = ZoneInfo("Asia/Baku")
DAY = timedelta(days=1)
FIRST_BOOT = UUID("00000000-0000-4000-8000-00000000000a")
GRANTED = "case.granted_by_silence"
_FROM_1900 = 2_208_988_800
Answering = Callable[[bytes], bytes | None]


class Sky:
    """What time it really is in a town, and what its machine shows."""

    def __init__(self, town: Town) -> None:
        self.town, self.server = town, None
        self.boot, self.really = FIRST_BOOT, town.clock.at

    server: TimeServer | None

    @property
    def sources(self) -> Sources:
        """The machine's clock, what elapses on it, and the time server."""
        started = datetime(2026, 1, 1, tzinfo=BAKU)
        machine = Machine(self.boot, lambda: micros_at(self.really) - micros_at(started))
        return Sources(self.town.clock, machine, self.server)

    def passes(self, span: timedelta) -> None:
        """Let time pass."""
        self.really += span
        self.town.clock.at += span

    def passes_until(self, moment: datetime) -> None:
        """Let time pass until then."""
        self.passes(moment - self.really)

    def jumps(self, span: timedelta) -> None:
        """Let the machine's clock jump, while no time passes."""
        self.town.clock.at += span


class Watched:
    """A host of all reactions, whose looks at the clock are counted."""

    def __init__(self, sky: Sky) -> None:
        town = sky.town
        self.town, self.rounds = town, 0
        reactions = all_reactions(town.window, town.views)
        self.host = ReactionHost(town.where.projector, town.window, reactions, every=0.05, sources=sky.sources)
        look = self.host._look_at_the_clock

        async def counted() -> None:
            await look()
            self.rounds += 1

        self.host._look_at_the_clock = counted  # type: ignore[method-assign]

    async def looks(self) -> TimeStanding:
        """Return what operators are shown after a whole look that has begun now; the one under way ends before it."""
        enough = self.rounds + 2

        async def looked() -> bool:
            return self.rounds >= enough

        await until(looked)
        shown = await self.town.views.positions.time()
        assert shown is not None
        return shown


@asynccontextmanager
async def watched(sky: Sky) -> AsyncIterator[Watched]:
    """Host the reactions during the block; it has looked once."""
    hosted = Watched(sky)
    async with hosted.host.running():
        await hosted.looks()
        yield hosted


async def silent_case(town: Town) -> tuple[UUID, date]:
    """Return a case that silence grants, and its last day."""
    silent = SERVICE.model_copy(update={"term": TERM, "silent_approval": True})
    await change_catalogue(town.window, COORDINATOR, ServiceDraft(definition=silent))
    await change_catalogue(town.window, COORDINATOR, ServicePublication(version=2), "permit")
    case = (await submitted(town.window, citizen("leyla"))).case_id
    await town.catches_up()
    return case, town.clock.at.astimezone(BAKU).date() + timedelta(days=TERM.days)


def noon(day: date) -> datetime:
    """Return noon of a day in Baku."""
    return datetime.combine(day, time(12), BAKU)


async def is_granted(town: Town, case: UUID) -> bool:
    """Return whether silence has granted it."""
    return GRANTED in await town.topics(case)


async def answered(town: Town, path: str) -> httpx2.Response:
    """Ask the window for something that everybody may read."""
    folder = Settings.read({"PENCERE_DATA": "/nowhere"})
    async with PublicLog(town.where.reader, MADE_UP_ORIGIN) as log:
        tokens = token_verifier(folder._replace(production=True), system_clock)
        services = ApiServices(town.window, town.views, tokens, asyncio.Event(), Metrics(), log)
        transport = httpx2.ASGITransport(create_app(services))
        async with httpx2.AsyncClient(transport=transport, base_url="http://window") as client:
            return await client.get(path)


def answer(question: bytes, says: datetime, *, first: int = 0x24, stratum: int = 2, asked: bytes = b"") -> bytes:
    """Return what a time server answers to a question."""
    seconds, micros = divmod(micros_at(says), 1_000_000)
    stamp = struct.pack("!II", (seconds + _FROM_1900) % (1 << 32), (micros << 32) // 1_000_000)
    return struct.pack("!BBBb3I", first, stratum, 6, -20, 0, 0, 0) + stamp + (asked or question[40:48]) + stamp * 2


@asynccontextmanager
async def serving_time(answering: Answering) -> AsyncIterator[TimeServer]:
    """Serve time on a socket of this machine; an answer of None is silence."""

    class Serving(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.line = transport

        def datagram_received(self, data: bytes, sender: Any) -> None:
            assert len(data) == 48
            said = answering(data)
            if said is not None:
                self.line.sendto(said, sender)

    loop = asyncio.get_running_loop()
    line, _ = await loop.create_datagram_endpoint(Serving, local_addr=("127.0.0.1", 0))
    try:
        yield TimeServer("127.0.0.1", line.get_extra_info("sockname")[1])
    finally:
        line.close()
