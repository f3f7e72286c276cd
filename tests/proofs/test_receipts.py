"""A running window's receipts and histories are proofs: anybody can check them offline, also after an erasure."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from api.development_issuer import ISSUER
from application.cases.erasure import erase_person
from application.cases.proving import complete_history_of, receipt_of
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.public_log.proof_files import parts_of
from ledger.public_log.public_log import PublicLog
from tests.api.people import Person, address_of, assert_problem, position_of
from tests.proofs.kept_window import KeptWindow, kept_window
from tests.proofs.verifying import Desk

PROOF = "text/plain; charset=utf-8"


@pytest.fixture(scope="module")
def kept(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptWindow]:
    with kept_window(postgres, "receipts", tmp_path_factory.mktemp("window")) as window:
        yield window


def proof(person: Person, path: str) -> bytes:
    """Download a proof."""
    answer = person.asks(path, Prefer="wait=10")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, PROOF), answer.text
    return answer.content


def test_a_change_is_answered_with_where_its_receipt_will_be(kept: KeptWindow, desk: Desk) -> None:
    submitted = kept.people.citizen.submits(kept.people.service)
    promised = submitted.json()
    answer = kept.people.citizen.asks(promised["receipt"])
    verdict = desk.verify(answer.content, key=kept.vkey)

    assert promised["receipt"] == f"{address_of(submitted)}/receipt?version=1"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{promised["caseId"]}-1.tlog-proof"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert verdict.status == 0, verdict
    assert f"case.submitted, event 1 of {promised['caseId']}" in verdict.said
    assert f"number {promised['position']} of " in verdict.said
    assert promised["reference"] in verdict.said
    assert "Bagirova" not in answer.text


def test_a_receipt_stays_as_it_was_given(kept: KeptWindow) -> None:
    citizen = kept.people.citizen
    path = citizen.submits(kept.people.service).json()["receipt"]
    first = proof(citizen, path)
    proof(citizen, citizen.submits(kept.people.service).json()["receipt"])

    assert proof(citizen, path) == first
    assert proof(citizen, path.partition("?")[0]) == first, "the submission's is the one that is meant"


def test_every_change_and_every_look_is_in_the_complete_history(kept: KeptWindow, desk: Desk) -> None:
    people = kept.people
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    before = proof(people.citizen, f"{case}/complete-history")
    people.official.asks(case, position=position_of(submitted))
    people.auditor.asks(case, position=position_of(submitted))
    kept.window.everything_recorded()
    withdrawn = people.citizen.sends(f"{case}/withdrawal", {}, seen=1)
    assert withdrawn.is_success, withdrawn.text
    after = proof(people.citizen, f"{case}/complete-history")
    verdict = desk.verify(before, after, key=kept.vkey)
    statement, receipts = parts_of(after)

    assert verdict.status == 0, verdict
    assert len(parts_of(before)[1]) == 1
    assert len(receipts) == 4
    assert statement.decode().splitlines()[1:4] == [f"case {submitted.json()['caseId']}", "versions 2", "looks 2"]
    assert verdict.said.count("look.recorded, event") == 2


def test_nothing_of_a_complete_history_can_be_left_out(kept: KeptWindow, desk: Desk) -> None:
    people = kept.people
    case = address_of(people.citizen.submits(people.service))
    people.citizen.sends(f"{case}/withdrawal", {}, seen=1)
    statement, receipts = parts_of(proof(people.citizen, f"{case}/complete-history"))

    for number, receipt in enumerate(receipts):
        short = statement + b"".join(receipts[:number] + receipts[number + 1 :])
        assert desk.verify(short, key=kept.vkey).status == 1
        assert desk.verify(receipt, key=kept.vkey).status == 0, "each is a receipt by itself"


def test_what_subscribers_and_auditors_are_told_is_proved_by_the_served_log(kept: KeptWindow, desk: Desk) -> None:
    people = kept.people
    submitted = people.citizen.submits(people.service)
    proof(people.citizen, submitted.json()["receipt"])
    for reader in (people.system, people.auditor):
        page = reader.asks("/v1/events?limit=1000", position=position_of(submitted))
        told = {"items": [each for each in page.json()["items"] if each["position"] <= submitted.json()["position"]]}
        verdict = desk.verify(json.dumps(told).encode(), key=kept.vkey, more=("--log", kept.log))
        told["items"][-1]["data"]["actor"]["role"] = "auditor"
        falsely = desk.verify(json.dumps(told).encode(), key=kept.vkey, more=("--log", kept.log))

        assert verdict.status == 0, verdict
        assert verdict.said.count("it says") == len(told["items"]) > 2
        assert (falsely.status, "is another event" in falsely.last) == (1, True)


def test_only_the_applicant_takes_proof_home(kept: KeptWindow) -> None:
    people = kept.people
    case = address_of(people.citizen.submits(people.service))
    for path in (f"{case}/receipt", f"{case}/complete-history"):
        assert_problem(people.neighbour.asks(path), 404, "no-such-case")
        assert_problem(people.official.asks(path), 403, "role-may-not")
        assert_problem(people.anyone.asks(path), 401, "token-needed")
        assert_problem(people.citizen.asks(path, Accept="application/json"), 406, "not-acceptable")
    assert_problem(people.citizen.asks(f"{case}/receipt?version=2"), 404, "no-such-version")
    assert_problem(people.citizen.asks(f"{case}/receipt?version=0"), 400, "request-follows-its-schema")
    nowhere = "/v1/cases/01989898-0000-7000-8000-000000000001"
    assert_problem(people.citizen.asks(f"{nowhere}/complete-history"), 404, "no-such-case")


def test_many_take_their_histories_home_at_once(kept: KeptWindow, desk: Desk) -> None:
    people = kept.people
    cases = [address_of(people.citizen.submits(people.service)) for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        proofs = list(pool.map(lambda case: proof(people.citizen, f"{case}/complete-history"), cases))

    assert desk.verify(*proofs, key=kept.vkey).status == 0


def test_an_erased_person_takes_no_proof_away(kept: KeptWindow, desk: Desk) -> None:
    people = kept.people
    window, erased = kept.window._window, people.neighbour
    submitted = erased.submits(people.service)
    case, case_id = address_of(submitted), UUID(submitted.json()["caseId"])
    before = (proof(erased, f"{case}/receipt"), proof(erased, f"{case}/complete-history"))

    async def after() -> tuple[bytes, bytes]:
        await erase_person(window, ISSUER, erased.subject)
        async with PublicLog(kept.where.reader, kept.window.settings.log_origin) as log:
            whole = await complete_history_of(window.ledger, log, case_id, within=10)
            return await receipt_of(window.ledger, log, case_id, 1, within=10), whole

    receipt, whole = kept.does(after())
    verdict = desk.verify(*before, receipt, whole, key=kept.vkey)

    assert_problem(erased.asks(f"{case}/receipt"), 404, "no-such-case")
    assert verdict.status == 0, verdict
    assert receipt == before[0]
    assert [len(parts_of(each)[1]) for each in (before[1], whole)] == [1, 2]
    assert "subject_erased, event 2 of" in verdict.said
