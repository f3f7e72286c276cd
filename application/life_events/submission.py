"""Submits a request for a life event: decides on all of its parts, then stores a case for each, one after the other.

Each case is stored by itself, as if it had been asked for alone: the ledger must not tell that they belong together. So
a crash can leave some of them. A repeat with the same Idempotency-Key stores those that are missing, and no other.

No two of them have the same time, or ids of the same time. That one comes soon after the other is seen by whoever may
see both (docs/no-direct-contact.md).

Everything follows from the first case. The caller's own key makes a repeat of it known; its id gives the life event its
id, and the other cases their keys. So two requests at once, or one long after the first was forgotten, never mix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.applicants import the_caller
from application.cases.requests import Submission
from application.cases.submission import offered_at, stored, submission_at
from application.idempotency import Idempotency, first_answer
from application.identity import derived_beside, new_id
from application.life_events.reading import LifeEvent, life_event_after
from application.life_events.requests import LifeEventRequest
from application.window import Window
from domain.case.commands import SubmitCase
from domain.case.deadlines import local_date
from domain.case.decisions import decide
from domain.case.refusals import ChannelNotOffered
from domain.life_event.rules import has_its_parts
from domain.refusals import Breach, Refusal
from ledger.refusals import LedgerBusyError
from ledger.store.entries import IdempotencyKey
from ledger.vault.vault import LIFE_EVENT, PartOf, Vault

_APART: Final = timedelta(milliseconds=1)  # as exact as the time in an id


class _Case(NamedTuple):
    """A case of the life event, and its version when it was asked for."""

    case_id: UUID
    version: int


async def submit_life_event(
    window: Window,
    caller: Caller,
    request: LifeEventRequest,
    channel: str,
    idempotency: Idempotency,
    languages: Mapping[str, str] = MappingProxyType({}),
) -> LifeEvent:
    """Submit a request for each service that a life event opens; return the life event as the request has left it.

    `languages` are service -> language, where the request names no language for all of them.

    Raises:
        NotAllowedError: the caller's role may not do this.
        Refusal: a rule forbids one of the parts; `field` names the part. Nothing is stored then, unless the same
            request has stored some of its cases before.
        KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.SUBMIT)
    return await _Submitting(window, caller, request, channel, idempotency, languages).done()


def life_event_of(vault: Vault, first: UUID) -> UUID:
    """Return the id of the life event whose first case this is. Without the vault's secret, nobody can compute it."""
    return derived_beside(first, vault.derive(LIFE_EVENT, first.bytes))


class _Submitting(NamedTuple):
    """A request under way."""

    window: Window
    caller: Caller
    request: LifeEventRequest
    channel: str
    idempotency: Idempotency
    languages: Mapping[str, str]

    @property
    def parts(self) -> Sequence[str]:
        """The services of the parts, in an order that a repeat has too."""
        return sorted(self.request.parts)

    async def done(self) -> LifeEvent:
        """Decide on the parts that have no case yet, and store those cases."""
        for _ in range(len(self.parts) + 1):
            known = await self._known()
            try:
                if not known:
                    await self._check()
                asked = await self._decided([slug for slug in self.parts if slug not in known])
            except Refusal:
                if len(await self._known()) == len(known):
                    raise
                continue  # the same request has stored some of them at this moment
            return await self._stored(known, asked)
        raise LedgerBusyError(retry_after=1)

    async def _known(self) -> dict[str, _Case]:
        """Return service -> case for the parts that the same request has stored before.

        Raises:
            KeyReusedError: it was another request.
        """
        found: dict[str, _Case] = {}
        for slug in self.parts:
            answered = await first_answer(self.window.ledger, self._key(slug, found))
            if answered is not None:
                found[slug] = _Case(answered.stream, answered.version)
            if not found:
                break  # the first is stored first
        return found

    async def _check(self) -> None:
        """Check that the service is a life event that holds today, in this channel, and that its parts are there."""
        definition = (await offered_at(self.window, self.request.service, self.window.clock()))[0].definition
        has_its_parts(definition, self.request.parts)
        if self.channel not in definition.channels:
            raise ChannelNotOffered(field="service")

    async def _decided(self, parts: Sequence[str]) -> dict[str, SubmitCase]:
        """Return service -> request for these parts, each of which the domain allows.

        Raises:
            Refusal: the first refusal, with those of the other parts beside it.
        """
        asked: dict[str, SubmitCase] = {}
        refused: dict[str, Refusal] = {}
        for slug in parts:
            try:
                asked[slug] = await self._asked(slug)
                decide(asked[slug], None)
            except Refusal as refusal:
                refused[slug] = refusal
        if refused:
            raise _of_parts(refused)
        return asked

    async def _stored(self, known: Mapping[str, _Case], asked: Mapping[str, SubmitCase]) -> LifeEvent:
        """Store the cases that are missing, the first one first.

        A crash between two of them leaves those before; whoever repeats the request stores the others.
        """
        cases = dict(known)
        before: datetime | None = None
        for slug, first in asked.items():
            try:
                command = first if before is None else _at(first, max(self.window.clock(), before + _APART))
                before = command.at
                written = await stored(
                    self.window,
                    self.caller,
                    command,
                    self._key(slug, cases),
                    again=partial(self._asked, slug),
                    part_of=partial(self._part_of, cases),
                )
            except Refusal as refusal:  # decided again, because the applicant was erased at this moment
                raise _of_parts({slug: refusal}) from None
            cases[slug] = _Case(written.case_id, written.version)
        life_event = self._part_of(cases).life_event
        return await life_event_after(
            self.window.ledger, life_event, self.request.service, [cases[slug] for slug in self.parts]
        )

    async def _asked(self, slug: str) -> SubmitCase:
        part = self.request.parts[slug]
        language = self.request.language or self.languages.get(slug)
        submission = Submission(service=slug, answers=part.answers, language=language)
        applicant = the_caller(self.caller)
        return await submission_at(self.window, applicant, submission, self.channel, self.window.clock())

    def _key(self, slug: str, cases: Mapping[str, _Case]) -> IdempotencyKey:
        number = self.parts.index(slug)
        known = self.idempotency.after(cases[self.parts[0]].case_id, number) if number else self.idempotency
        return known.hashed(self.window.vault, self.caller)

    def _part_of(self, cases: Mapping[str, _Case], case_id: UUID | None = None) -> PartOf:
        """Return what a new case belongs to; the first one begins it."""
        first = cases.get(self.parts[0])
        begun = first.case_id if first else case_id
        if begun is None:
            raise LookupError("a life event begins with a case")
        return PartOf(life_event_of(self.window.vault, begun), self.request.service)


def _at(command: SubmitCase, at: datetime) -> SubmitCase:
    """Return the same request as of another time."""
    return replace(command, at=at, local_date=local_date(at, command.time_zone), case_id=new_id(at))


def _of_parts(refused: Mapping[str, Refusal]) -> Refusal:
    """Return the refusal of a request some of whose parts are refused: it names each of them, and its place."""
    breaches = [
        Breach(_place(slug, each.field), f"{slug}: {each.detail}", each.rule or refusal.rule)
        for slug, refusal in refused.items()
        for each in (refusal.breaches or [Breach(refusal.field or "", refusal.detail)])
    ]
    first = next(iter(refused.values()))
    return type(first)(breaches[0].detail, field=breaches[0].field, breaches=breaches if len(breaches) > 1 else ())


def _place(slug: str, field: str) -> str:
    """Return the place of a part's member in the whole request; the language stands there once for all parts."""
    if field == "language":
        return field
    return f"parts.{slug}" if field in {"", "service"} else f"parts.{slug}.{field}"
