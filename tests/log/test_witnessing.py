"""Witnesses: their cosignatures are kept and served, any answer of theirs is handled, and a fork raises an alarm."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint

from consumers.log_settings import LogSettings
from consumers.witness import Offer
from ledger.public_log.checkpoint import Checkpoint as OurCheckpoint
from ledger.public_log.note import Note, from_base64
from tests.ledger.tree.kept import Place, append, check_log, keep, signer_at
from tests.log.keepers import alarms_of, asked, cosigned, keeping, size_of
from tests.log.made_witness import NAME, Answer, Asked, MadeWitness
from tests.log.waiting import until

# c2sp.org/tlog-witness
REQUEST = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""  # noqa: E501 - the specification's own bytes


def test_the_example_request_is_what_a_witness_would_be_sent() -> None:
    head, _, note = REQUEST.partition("\n\n")
    old, *proof = head.splitlines()
    tree = OurCheckpoint.parse(Note.parse(note.encode()).text).head
    offer = Offer(tree, note.encode(), int(old.removeprefix("old ")), [from_base64(line) for line in proof])

    assert offer.body == REQUEST.encode()


def with_witnesses(*witnesses: MadeWitness, patience: float = 5) -> LogSettings:
    addresses = tuple(witness.address for witness in witnesses)
    return LogSettings(interval=0.05, witnesses=addresses, patience=patience, first_pause=0.05)


def test_each_checkpoint_is_served_with_the_cosignature_of_the_witness(place: Place) -> None:
    append(place, 5)
    with MadeWitness() as witness, keeping(place, with_witnesses(witness)):
        until(lambda: size_of(place) == 5)
        append(place, 600)
        until(lambda: size_of(place) == 605)
        served = asked(place, lambda log: log.latest()).raw.decode()
        sizes = asked(place, lambda log: log.witnesses())

    checkpoint = Checkpoint.from_text(served)
    checkpoint.verify(Vkey.from_string(signer_at(place).vkey.text))
    known = VkeySet(Vkey.from_string(witness.address.key.text))
    assert len(known.verify(checkpoint.signatures, checkpoint)) == 1
    assert sizes == {NAME: 605}
    assert check_log(place)[-1] == 605


def test_a_witness_that_knows_more_than_we_remember_of_it_is_met_where_it_is(place: Place) -> None:
    append(place, 300)
    with MadeWitness() as witness:
        with keeping(place, with_witnesses(witness)):
            until(lambda: size_of(place) == 300)
        append(place, 100)
        with keeping(place, with_witnesses(witness)):
            until(lambda: cosigned(place, 400) == {NAME})
        olds = [one.old for one in witness.asked]

    assert olds == [0, 300]


def test_a_witness_whose_size_nobody_knows_tells_it(place: Place) -> None:
    append(place, 300)
    with MadeWitness() as witness:
        with keeping(place, with_witnesses(witness)):
            until(lambda: size_of(place) == 300)
        forget(place)
        append(place, 100)
        with keeping(place, with_witnesses(witness)):
            until(lambda: cosigned(place, 400) == {NAME})
        olds = [one.old for one in witness.asked]

    assert olds == [0, 0, 300]  # the second answer gives its size


def forget(place: Place) -> None:
    """Forget the witness's size, like a restored database."""
    with psycopg.connect(place.owner) as owner:
        owner.execute("DELETE FROM log.witnesses")


def test_a_silent_witness_holds_up_one_checkpoint_for_our_patience_and_no_more(place: Place) -> None:
    release = threading.Event()
    with MadeWitness() as witness:

        def silent(asked: Asked) -> Answer:
            release.wait(20)
            return witness.honest(asked)

        witness.says = silent
        with keeping(place, with_witnesses(witness, patience=0.1)):
            for expected in (7, 14, 21):
                append(place, 7)
                until(lambda size=expected: size_of(place) == size)  # type: ignore[misc] # a loop's own value
            assert all(not cosigned(place, size) for size in (0, 7, 14, 21))
            release.set()
            until(lambda: cosigned(place, 21) == {NAME})

    assert check_log(place)[-1] == 21


def test_a_cosignature_that_comes_late_is_kept(place: Place) -> None:
    append(place, 3)
    release = threading.Event()
    with MadeWitness() as witness:

        def late(asked: Asked) -> Answer:
            release.wait(20)
            return witness.honest(asked)

        witness.says = late
        with keeping(place, with_witnesses(witness, patience=0.1)):
            until(lambda: size_of(place) == 3)
            assert cosigned(place, 3) == set()
            release.set()
            until(lambda: cosigned(place, 3) == {NAME})


REFUSALS: list[tuple[str, Callable[[Asked], Answer], str, str]] = [
    ("403", lambda _: Answer(403), "refused", "another key"),
    ("404", lambda _: Answer(404), "refused", "does not know the log"),
    ("500", lambda _: Answer(500), "away", "status 500"),
    ("422", lambda _: Answer(422), "fork", "another tree"),
    ("larger", lambda _: Answer(409, b"1000\n"), "fork", "a tree of 1000 events, and ours has 3"),
    ("same size", lambda asked: Answer(409, b"%d\n" % asked.old), "fork", "another tree of"),
    ("409 and nothing", lambda _: Answer(409, b"\n"), "refused", "does not say"),
    ("409 and words", lambda _: Answer(409, "\N{SUPERSCRIPT TWO}".encode()), "refused", "does not say"),
    ("garbage", lambda _: Answer(200, b"thank you\n"), "refused", "something else"),
    ("nothing", lambda _: Answer(200, b""), "refused", "something else"),
]


@pytest.mark.parametrize(("says", "kind", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_what_a_witness_refuses_with_is_an_alarm_until_it_cosigns(
    place: Place, says: Callable[[Asked], Answer], kind: str, words: str
) -> None:
    append(place, 3)
    with MadeWitness(says) as witness, keeping(place, with_witnesses(witness)):
        until(lambda: NAME in alarms_of(place))
        told = alarms_of(place)[NAME]
        until(lambda: size_of(place) == 3)
        witness.says = witness.honest
        until(lambda: cosigned(place, 3) == {NAME})
        until(lambda: alarms_of(place) == {})

    assert told[0] == kind
    assert words in told[1]


def test_a_signature_of_another_key_counts_for_nothing(place: Place) -> None:
    append(place, 3)
    with MadeWitness() as witness, MadeWitness() as other:
        witness.says = lambda asked: Answer(200, other.cosignature(asked.text))
        with keeping(place, with_witnesses(witness)):
            until(lambda: NAME in alarms_of(place))
            assert cosigned(place, 3) == set()
            # Beside the right line it is ignored, as the specification says.
            witness.says = lambda asked: Answer(200, other.cosignature(asked.text) + witness.cosignature(asked.text))
            until(lambda: cosigned(place, 3) == {NAME})


def test_a_cosignature_on_another_text_counts_for_nothing(place: Place) -> None:
    append(place, 3)
    with MadeWitness() as witness:
        witness.says = lambda asked: Answer(200, witness.cosignature(asked.text.replace("\n3\n", "\n4\n")))
        with keeping(place, with_witnesses(witness)):
            until(lambda: NAME in alarms_of(place))
            assert cosigned(place, 3) == set()


def test_a_fork_is_refused_and_its_alarm_is_not_covered_by_a_lesser_one(place: Place) -> None:
    append(place, 300)
    with MadeWitness() as witness:
        witness.size, witness.root = 200, b"\1" * 32  # from another history
        with keeping(place, with_witnesses(witness)):
            until(lambda: NAME in alarms_of(place))
            assert alarms_of(place)[NAME][0] == "fork"
            count = len(witness.asked)
            witness.says = lambda _: Answer(500)
            until(lambda: len(witness.asked) > count + 1)
            assert alarms_of(place)[NAME][0] == "fork"

    assert size_of(place) == 300
    assert cosigned(place, 300) == set()


def test_a_witness_that_is_not_there_alarms_and_the_log_goes_on(place: Place) -> None:
    with MadeWitness() as gone:
        settings = with_witnesses(gone)
    append(place, 3)
    with keeping(place, settings):
        until(lambda: size_of(place) == 3)
        until(lambda: alarms_of(place).get(NAME, ("",))[0] == "away")


def test_a_checkpoint_that_was_published_without_its_cosignature_gets_it(place: Place) -> None:
    append(place, 3)
    keep(place)
    with MadeWitness() as witness, keeping(place, with_witnesses(witness)):
        until(lambda: cosigned(place, 3) == {NAME})
