"""After an erasure the proofs still hold, and nothing in the databases' files reveals who the person was."""

import asyncio
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.casework import Written
from application.cases.erasure import erase_person
from application.cases.reading import Reading, may_read, open_entry, read_own
from application.cases.requests import Closing, Decision, ReopeningOrder, StepRecord, Submission
from application.cases.submission import submit
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.clock import system_clock
from application.window import Window, window_on
from domain.case.refusals import ApplicantErased
from domain.case.state import CaseState
from domain.service.definition import Question, ServiceDefinition, Step
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.published.codec import decode
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from tests.draws.steered import drawn_for
from tests.first_start import copy_first_start, open_to_servers

ISSUER, SUBJECT = "https://id.example/realm-of-secrets", "PIN-5ZX81QK7"
CITIZEN = Caller(ISSUER, SUBJECT, Role.CITIZEN)
OFFICIAL = Caller(ISSUER, "OFFICIAL-93KJ2", Role.OFFICIAL, "town")
COORDINATOR = Caller(ISSUER, "COORDINATOR-1", Role.COORDINATOR)
PLAIN = "Zeynalabdin-Quliyeva"
REASON = "because-of-the-second-floor"
NOTE = "a-word-about-the-neighbour"
SERVICE = ServiceDefinition(
    slug="permit",
    agency="town",
    desk="front",
    title={"en": "Permit"},
    description={"en": "A permit"},
    legal_basis="Act 1",
    steps=(Step(name="check", label={"en": "Check"}, first=True),),
    questions=(
        Question(element="person.name", label={"en": "Name"}, type="text"),
        Question(element="house.colour", label={"en": "Colour"}, type="text", shown_to_official=False),
    ),
    channels=("internet",),
    languages=("en",),
)


@pytest.fixture
def own_servers() -> Iterator[EmbeddedPostgres]:
    """Two clusters that nobody else uses, so that the test can read all their files."""
    with (
        tempfile.TemporaryDirectory(prefix="pencere-erasure-", dir="/var/tmp") as folder,
        EmbeddedPostgres(copy_first_start(open_to_servers(Path(folder)) / "data")) as servers,
    ):
        yield servers


@asynccontextmanager
async def window_of(servers: EmbeddedPostgres) -> AsyncIterator[Window]:
    keys = FileKeyEncryption(servers.data / "keys.json")
    async with (
        Ledger(servers.ledger_url("pencere_writer")) as ledger,
        Vault(servers.vault_url("pencere_vault"), keys) as vault,
        window_on(ledger, vault, system_clock) as window,
    ):
        yield window


async def decided_case(window: Window) -> Written:
    request = Submission(service="permit", answers={"person.name": PLAIN, "house.colour": f"{PLAIN}-blue"})
    case = await submit(window, CITIZEN, request, "internet", None)
    await drawn_for(window, OFFICIAL, case.case_id)
    step = StepRecord(step="check", note=NOTE)
    done = await change_case(window, OFFICIAL, case.case_id, case.version + 1, step, None)
    decision = Decision(outcome="granted", legal_basis="Act 1, article 2", reasons=REASON)
    return await change_case(window, OFFICIAL, case.case_id, done.version, decision, None)


async def two_cases(window: Window) -> tuple[Written, Written]:
    entry = AgencyEntry(slug="town", name={"en": "Town"}, time_zone="UTC", desks=("front",))
    await change_catalogue(window, COORDINATOR, entry)
    await change_catalogue(window, COORDINATOR, ServiceDraft(definition=SERVICE))
    await change_catalogue(window, COORDINATOR, ServicePublication(version=1), "permit")
    return await decided_case(window), await decided_case(window)


def opened(reading: Reading, entries: list[StoredEntry]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for entry in entries:
        fields |= open_entry(reading, entry.sealed, entry.stream, entry.version).fields
    return fields


def every_byte(servers: EmbeddedPostgres, backup: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the bytes of every file of both clusters, WAL included, and of a base backup of each."""
    for name, cluster in (("ledger", servers.ledger), ("vault", servers.vault)):
        with psycopg.connect(cluster.url(ADMIN, servers.passwords[ADMIN], "postgres"), autocommit=True) as admin:
            admin.execute("CHECKPOINT")
        dump = [str(_binary(servers, "pg_basebackup")), "-D", str(backup / name), "-X", "stream", "--checkpoint=fast"]
        url = cluster.url(ADMIN, servers.passwords[ADMIN], "postgres")
        subprocess.run([*dump, "-d", url], check=True, capture_output=True)
    for folder in (servers.data / "ledger", servers.data / "vault", backup):
        for path in folder.rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()


def _binary(servers: EmbeddedPostgres, program: str) -> Path:
    return servers.ledger._account.binaries / program


def test_nothing_personal_is_in_any_file_of_either_cluster_or_of_a_backup(
    own_servers: EmbeddedPostgres, tmp_path: Path
) -> None:
    async def main() -> None:
        async with window_of(own_servers) as window:
            await two_cases(window)

    asyncio.run(main())
    needles = [PLAIN, REASON, NOTE, SUBJECT, ISSUER, OFFICIAL.subject]
    files = 0
    for path, content in every_byte(own_servers, tmp_path):
        files += 1
        for needle in needles:
            assert needle.encode() not in content, f"{needle} stands in {path}"

    assert files > 1000


def test_no_value_of_the_ledger_is_equal_in_two_cases_of_one_person(own_servers: EmbeddedPostgres) -> None:
    async def values_of(window: Window, case: Written) -> set[str]:
        found: set[str] = set()
        for entry in await window.ledger.read_stream(case.case_id):
            found |= {entry.salt.hex(), str(entry.recorded_at)}
            for text in (entry.open.decode(), entry.sealed.decode()):
                found |= set(re.findall(r'"((?:[^"\\]|\\.)*)"', text))
        return found

    async def main() -> None:
        async with window_of(own_servers) as window:
            first, second = await two_cases(window)
            shared = await values_of(window, first) & await values_of(window, second)
            public = {
                *("actor", "agencies", "causation", "correlation", "data", "occurred_at", "origin", "schema"),
                *("pseudonym", "role", "applicant", "official", "window", "desk", "live", "town", "front", "permit"),
                *(
                    "channel",
                    "term_began",
                    "last_day",
                    "local_date",
                    "language",
                    "open_answers",
                    "reference",
                    "service",
                    "service_version",
                    "register_version",
                ),
                *(
                    "calendar",
                    "calendar_version",
                    "last_day_is_stated",
                    "suspended_for",
                    "time_zone",
                    "agency",
                    "internet",
                    "en",
                    "UTC",
                    "rule",
                    "order",
                    "step",
                    "check",
                    "note",
                ),
                *("outcome", "granted", "legal_basis", "Act 1, article 2", "reasons"),
                *("sealed_answers.person.name", "sealed_answers.house.colour"),
                *("draw", "nonce", "party", "person", "proved"),
            }

            dates = {value for value in shared if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)}
            assert shared - dates <= public, "and the day is everybody's"

    asyncio.run(main())


def test_an_erased_persons_words_are_gone_everywhere_and_every_entry_still_verifies(
    own_servers: EmbeddedPostgres,
) -> None:
    async def main() -> None:
        async with window_of(own_servers) as window:
            first, second = await two_cases(window)
            before = await window.ledger.read_stream(first.case_id)
            reading = await read_own(window, CITIZEN, first.case_id)
            assert opened(reading, before)["sealed_answers.person.name"] == PLAIN

            cases = await erase_person(window, ISSUER, SUBJECT)
            after = await window.ledger.read_stream(first.case_id)
            by_official = await may_read(window, OFFICIAL, first.case_id, first.state)
            erased = open_entry(by_official, before[0].sealed, first.case_id, 1)

            assert {one.case_id for one in cases} == {first.case_id, second.case_id}
            assert opened(Reading(reading.scope, {}, None), after) == {}
            assert opened(by_official, after) == {}
            assert erased.erased == ("sealed_answers.person.name",)
            assert await window.vault.find(ISSUER, SUBJECT, first.case_id) is None
            assert await window.vault.cases_of(ISSUER, SUBJECT, None, 10) == []
            assert [entry_of(entry) for entry in after[: len(before)]] == [entry_of(entry) for entry in before]
            assert [decode(entry).event.topic for entry in after][-1] == "case.subject_erased"

    asyncio.run(main())


def test_erasing_again_after_a_crash_before_the_keys_were_destroyed_tells_no_case_twice(
    own_servers: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with window_of(own_servers) as window:
            first, _ = await two_cases(window)

            async def crash(_issuer: str, _subject: str, _told: list[UUID]) -> None:
                raise RuntimeError("killed here")

            with monkeypatch.context() as fault:
                fault.setattr(window.vault, "shred", crash)
                with pytest.raises(RuntimeError):
                    await erase_person(window, ISSUER, SUBJECT)
            await erase_person(window, ISSUER, SUBJECT)
            topics = [entry.topic for entry in await window.ledger.read_stream(first.case_id)]

            assert topics.count("case.subject_erased") == 1
            assert await window.vault.keys_of(ISSUER, SUBJECT) == []

    asyncio.run(main())


def test_words_to_an_erased_person_are_refused(own_servers: EmbeddedPostgres) -> None:
    async def main() -> None:
        async with window_of(own_servers) as window:
            first, _ = await two_cases(window)
            await erase_person(window, ISSUER, SUBJECT)
            state: CaseState = first.state
            agency = Caller(ISSUER, "system", Role.AGENCY, "town")
            version = first.version + 1
            closed = await change_case(window, OFFICIAL, first.case_id, version, Closing())
            order = ReopeningOrder(order="Court order 5", reason="words")

            assert state.applicant
            with pytest.raises(ApplicantErased):
                await change_case(window, agency, first.case_id, closed.version, order, None)

    asyncio.run(main())
