"""What it means that something may not be done."""

import re
from typing import ClassVar

_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


class Refusal(Exception):  # noqa: N818 - a refusal is a fact of the law, not an error of the program
    """The rules do not allow it.

    A subclass is a fact, named as one; its name in kebab-case is the name of the rule, its docstring the default
    detail. The field is the place in what was asked, as the door spells it. Neither ever repeats a value that
    somebody entered.
    """

    rule: ClassVar[str] = "refusal"
    about_input: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        """Give every fact the name of its rule."""
        cls.rule = _HUMP.sub("-", cls.__name__).lower()

    def __init__(self, detail: str | None = None, *, field: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or self.rule).strip()
        self.field = field
        super().__init__(self.detail)


class InvalidInput(Refusal):
    """What was asked could not be done in any state of things: it has to be asked otherwise."""

    about_input = True
