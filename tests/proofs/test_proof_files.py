"""Other programs accept the parts of receipts and histories, and the log states nothing that it has not signed."""

import base64

import pytest
from pymerkle.hasher import MerkleHasher  # type: ignore[import-untyped] # ships no types
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint, InclusionProof

from ledger.public_log.head_statement import HeadStatement, opened_statement
from ledger.public_log.note import NoteError, VerifierKey
from ledger.public_log.proof_files import parts_of
from ledger.public_log.signer import FileLogSigner
from ledger.public_log.stops import SignerStateError
from ledger.store.entry_hash import entry_of, preimage_of
from tests.proofs.made import CASE, ORIGIN, MadeLog


@pytest.mark.parametrize("index", [0, 1, 149, 255, 256, 299])
def test_others_accept_the_parts_of_a_receipt(log: MadeLog, index: int) -> None:
    event = log.events[index]
    head, _, note = log.receipt(event).decode().partition("\n\n")
    first, extra, place, *path = head.split("\n")
    checkpoint = Checkpoint.from_text(note)
    checkpoint.verify(Vkey.from_string(log.vkey))
    leaf = MerkleHasher("sha256", security=True).hash_buff(entry_of(event))
    InclusionProof(index, log.size, [base64.b64decode(each) for each in path]).check(leaf, checkpoint.root_hash)

    assert (first, place) == ("c2sp.org/tlog-proof@v1", f"index {index}")
    assert base64.b64decode(extra.removeprefix("extra ")) == preimage_of(event)


def test_a_receipt_shows_nothing_of_the_sealed_part_but_its_hash(log: MadeLog) -> None:
    event = log.of(CASE)[0]

    assert event.sealed not in preimage_of(event)
    assert preimage_of(event).count(event.open) == 1


def test_a_statement_is_read_as_it_was_signed(log: MadeLog) -> None:
    statement, receipts = parts_of(log.history())

    assert opened_statement(statement, log.signer.vkey) == HeadStatement(ORIGIN, CASE, 3, 2, log.size)
    assert len(receipts) == 5
    for lie in (statement.replace(b"versions 3", b"versions 2"), log.checkpoint, b"".join(receipts)):
        with pytest.raises(NoteError):
            opened_statement(lie, log.signer.vkey)


def test_another_key_states_nothing_for_the_log(log: MadeLog) -> None:
    statement, _ = parts_of(log.history())

    with pytest.raises(NoteError, match="not signed"):
        opened_statement(statement, VerifierKey(ORIGIN, 1, bytes(32)))


def test_nothing_is_stated_of_another_log_or_of_a_tree_that_is_not_signed(log: MadeLog) -> None:
    signer: FileLogSigner = log.signer
    for statement in (HeadStatement(ORIGIN, CASE, 3, 2, 301), HeadStatement("another.example/log", CASE, 3, 2, 300)):
        with pytest.raises(SignerStateError, match="no statement"):
            signer.state(statement)
