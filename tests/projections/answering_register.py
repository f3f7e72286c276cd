"""A register that begins with resources which answer, and lets every agency ask them; then it changes at random."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from domain.register import commands
from domain.register.events import Approval
from domain.register.values import Integration, ResourceDescription
from tests.domain.register_examples import SEALING_KEY, SIGNING_KEY
from tests.projections.register_life import REASONS, Move, RegisterLife, acting

RESOURCES: Final = {"cars-0": ("car.plate", "car.owner"), "ships-0": ("ship.name", "ship.flag")}
_APPROVALS: Final[tuple[Approval, ...]] = ("establish", "take_into_use")


class AnsweringRegister(RegisterLife):
    """A register that can be founded."""

    def founding(self, at: datetime) -> Iterator[Move]:
        """Return what happens until the resources answer."""
        yield self.change(at)  # names a coordinator
        assert self.state is not None
        yield self._done(self._define(at, self.state))
        for slug, elements in RESOURCES.items():
            yield from self._resource(at, slug, elements)
            for agency in self._agencies.values():
                name = f"{agency.slug}-{slug}"
                asks = commands.AskForGrant(at, acting(agency.slug), name, agency, slug, elements, REASONS, "Law 2")
                yield self._done(asks)
                yield self._done(commands.GiveGrant(at, acting(self._owner(slug)), name))

    def _owner(self, slug: str) -> str:
        return sorted(self._agencies)[sorted(RESOURCES).index(slug)]

    def _resource(self, at: datetime, slug: str, elements: tuple[str, ...]) -> Iterator[Move]:
        owner = self._agencies[self._owner(slug)]
        actor, today = acting(owner.slug), at.date()
        description = ResourceDescription(
            slug=slug,
            owner=owner.slug,
            title={"en": slug},
            description={"en": "A register."},
            legal_basis="Law 1",
            elements=elements,
            security_class="K1",
            contact="Desk 3",
        )
        yield self._done(commands.ProposeResource(at, actor, description, owner))
        for approval in _APPROVALS:
            if approval == "take_into_use":
                yield self._done(commands.AskToUseResource(at, actor, slug, today, today))
            judges = self.coordinator(at)
            yield self._done(commands.JudgeResource(at, judges, slug, approval, "positive", REASONS))
        integration = Integration(
            elements=elements,
            identifier="car.owner",
            transport="kafka",
            acknowledged_within=60,
            answered_within=600,
            sealing_key=SEALING_KEY,
            signing_key=SIGNING_KEY,
        )
        yield self._done(commands.IntegrateResource(at, actor, slug, integration, endpoint_allowed=True))
