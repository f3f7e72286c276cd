"""The public number of a case, made for telephones and paper: no easily confused letters, and a check character."""

import re
from typing import Final
from uuid import UUID

from domain.refusals import InvalidInput

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LENGTH: Final = 12
_FORM: Final = re.compile(r"PN([0-9A-Z]{12})([0-9A-Z])")


class ReferenceMistyped(InvalidInput):
    """This is not a reference, or a character of it is wrong: the check character does not fit."""

    field = "reference"


def reference_of(case_id: UUID) -> str:
    """Return `PN-XXXX-XXXX-XXXX-C`: the low 60 bits of the case's id in Crockford's base 32, and the check character.

    C is the check character of ISO 7064 MOD 37,36, which finds every single wrong character and nearly every pair
    of neighbours that changed places.
    """
    bits = case_id.int & (1 << 60) - 1
    digits = "".join(_CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    groups = (digits[:4], digits[4:8], digits[8:], check_character(digits))
    return "PN-" + "-".join(groups)


def parse_reference(text: str) -> str:
    """Return the reference in its one written form.

    Raises:
        ReferenceMistyped: it is none, or mistyped.
    """
    form = _FORM.fullmatch(re.sub(r"[\s-]", "", text.upper()))
    if form is None or check_character(form[1]) != form[2]:
        raise ReferenceMistyped
    digits = form[1]
    return f"PN-{digits[:4]}-{digits[4:8]}-{digits[8:]}-{form[2]}"


def check_character(digits: str) -> str:
    """Return the check character of ISO 7064 MOD 37,36 for a text of 0-9 and A-Z."""
    product = 36
    for digit in digits:
        total = (product + _ALPHABET.index(digit)) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]
