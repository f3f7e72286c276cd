"""Forgetting a person: the events that say so first, then the keys."""

from application.recording import envelope_of, new_events
from application.streams import load_case
from application.window import Window
from domain.case.commands import EraseSubject
from domain.case.decisions import decide
from domain.case.refusals import SubjectAlreadyErased
from domain.envelope import Actor
from ledger.refusals import VersionConflictError
from ledger.vault import PersonCase

_SYSTEM = Actor(role="window", pseudonym="erasure")


async def erase_person(window: Window, issuer: str, subject: str) -> list[PersonCase]:
    """Erase a person everywhere; return the cases in which they were.

    Each case is told first; a crash before the keys are destroyed is mended by doing it again, and told cases are
    not told twice. Afterwards nobody can open what was sealed, or tell which cases were theirs.
    """
    for own in await window.vault.keys_of(issuer, subject):
        while not await _told(window, own):
            pass  # somebody else changed the case in this moment: look again
    # The commit point: from here on the person is forgotten.
    return await window.vault.shred(issuer, subject)


async def _told(window: Window, own: PersonCase) -> bool:
    state, version = await load_case(window, own.case_id)
    if state is None:
        return True  # a key whose case never came to be
    at = window.clock()
    try:
        events = decide(EraseSubject(at=at, actor=_SYSTEM, pseudonym=str(own.key_ref)), state)
    except SubjectAlreadyErased:
        return True
    envelope = envelope_of(_SYSTEM, [state.agency], at, own.case_id)
    try:
        await window.ledger.append(new_events(own.case_id, version, events, envelope, None))
    except VersionConflictError:
        return False
    return True
