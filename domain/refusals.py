"""Defines refusals: the domain's answer when the rules do not allow something."""

import re
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


class Breach(NamedTuple):
    """One of several reasons for a refusal: its place in the request, and what is wrong there.

    The detail names what the register makes public (elements, resources, services, agencies) and nothing else. `rule`
    is the rule that is broken there, if it is another one than the refusal's own.
    """

    field: str
    detail: str
    rule: str | None = None


class Refusal(Exception):  # noqa: N818 - a refusal is a fact of the law, not an error of the program
    """The rules do not allow it.

    A subclass is a fact, and has the name of one. Its name in kebab-case is the name of the rule; its docstring is the
    default detail. The field is the place in the request, as the API spells it. Neither detail nor field ever repeats a
    value that somebody entered. Where a rule is broken at several places, `breaches` has all of them.
    """

    rule: ClassVar[str] = "refusal"
    about_input: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        """Give every subclass the name of its rule."""
        cls.rule = _HUMP.sub("-", cls.__name__).lower()

    def __init__(self, detail: str | None = None, *, field: str | None = None, breaches: Sequence[Breach] = ()) -> None:
        self.detail = detail or (type(self).__doc__ or self.rule).strip()
        self.field = field
        self.breaches = tuple(breaches)
        super().__init__(self.detail)


class InvalidInput(Refusal):
    """What was asked could not be done in any state of things: it has to be asked otherwise."""

    about_input = True
