"""Refuses a command whose words would let the two sides of a case reach each other past the window (law 2)."""

import asyncio
from collections.abc import Iterable

from application.screening.finding import Finding
from application.screening.screen import screen
from domain.case.commands import Command
from domain.case.refusals import ContactInWords
from domain.case.words_across import WordsAcross, words_across
from domain.refusals import Breach


async def refuse_contacts(command: Command) -> None:
    """Check that no words from one side to the other have a way to reach or name somebody.

    Raises:
        ContactInWords: some have. It says what kind, and at which characters; it repeats none of them.
    """
    await refuse_contacts_in(words_across(command))


async def refuse_contacts_in(texts: Iterable[WordsAcross]) -> None:
    """Check that none of these words has a way to reach or name somebody.

    Raises:
        ContactInWords: as `refuse_contacts` does.
    """
    breaches: list[Breach] = []
    for words in texts:
        if (found := screen(words.text)) is not None:
            breaches.append(Breach(words.field, _said(found)))
        await asyncio.sleep(0)  # long texts take milliseconds, and there may be many: let others run
    if breaches:
        raise ContactInWords(breaches[0].detail, field=breaches[0].field, breaches=breaches)


def _said(found: Finding) -> str:
    return f"Characters {found.start + 1} to {found.end} look like {found.kind}: the two sides meet only in the window."
