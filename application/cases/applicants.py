"""For whom a request is made: for the caller, for whoever has given them a mandate, or for an organisation."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from application.access.callers import Caller
from application.cases.requests import Submission
from application.mandates.organisations import OrganisationNotProved, as_person, check_proved, themselves
from application.mandates.streams import HeldMandate, held_mandate
from application.window import Window
from domain.mandate.content import Identifier
from domain.mandate.refusals import MandateOver
from domain.mandate.right import Use, check_right
from domain.values import Party
from ledger.refusals import AwayError, LedgerRefusalError
from ledger.vault.vault import CaseKey, PartOf


@dataclass(frozen=True)
class Applicant:
    """For whom a request is made; without mandate and organisation, for the caller.

    Attributes:
        identifiers: how registers know the applicant: element -> value.
        mandate: the mandate by which the caller acts.
        organisation: the organisation for which the caller's login lets them act.
        party: what the applicant is.
    """

    identifiers: Mapping[str, str] = field(default_factory=dict, repr=False)
    mandate: HeldMandate | None = field(default=None, repr=False)
    organisation: Identifier | None = field(default=None, repr=False)
    party: Party = "person"

    @property
    def is_represented(self) -> bool:
        """Return whether somebody else makes the request for them."""
        return self.mandate is not None or self.organisation is not None

    def check_use(self, use: Use) -> None:
        """Check that the mandate, if there is one, is for such a case today.

        Raises:
            Refusal: as `check_right` raises it.
        """
        if self.mandate is not None:
            check_right(self.mandate.state, self.mandate.content, use)

    async def make_key(
        self, window: Window, caller: Caller, case_id: UUID, key_ref: UUID, part_of: PartOf | None
    ) -> CaseKey:
        """Return the applicant's new key in a new case; durable.

        Raises:
            MandateOver: whoever has given the mandate is erased.
            VaultUnavailableError.
        """
        if self.mandate is not None:
            made = await window.vault.mandates.make_for_giver(UUID(self.mandate.state.giver), case_id, key_ref)
            if made is None:
                raise MandateOver
            return made
        person = themselves(caller) if self.organisation is None else as_person(self.organisation)
        return await window.vault.make_key(*person, case_id, "applicant", key_ref, part_of)

    async def let_represent(self, window: Window, caller: Caller, own: CaseKey, case_id: UUID, key_ref: UUID) -> None:
        """Give whoever makes the request a pseudonym in the case, and let them open the applicant's key."""
        await window.vault.make_key(caller.issuer, caller.subject, case_id, "representative", key_ref)
        because_of = None if self.mandate is None else self.mandate.mandate
        await window.vault.mandates.let_open(key_ref, own.key_ref, because_of)


def the_caller(caller: Caller) -> Applicant:
    """Return the caller as the applicant."""
    return Applicant(dict(caller.identifiers))


async def applicant_of(window: Window, caller: Caller, request: Submission) -> Applicant:
    """Return for whom the caller makes a request.

    Raises:
        MandateNotFoundError: the caller has not accepted the mandate.
        OrganisationNotProved: the login does not let them act for the organisation, nor has it given the mandate.
        MandateOver, MandateNotAccepted: it gives no right.
    """
    organisation = request.organisation.identifier if request.organisation else None
    if request.mandate is None:
        if organisation is None:
            return the_caller(caller)
        check_proved(caller, organisation)
        return Applicant({organisation.element: organisation.value}, None, organisation, "organisation")
    held = await held_mandate(window, caller, request.mandate)
    named = {giver.element: giver.value for giver in held.content.givers}
    if organisation and await window.vault.find(*as_person(organisation), held.mandate, "giver") is None:
        raise OrganisationNotProved(field="organisation")
    return Applicant(named, held, None, held.content.party)


async def drop_keys(window: Window, *key_refs: UUID) -> None:
    """Destroy the keys of a case that the ledger has not taken; if the vault cannot, its sweep will."""
    with suppress(AwayError, LedgerRefusalError):
        for key_ref in key_refs:
            await window.vault.drop_key(key_ref)
