"""The public number of a case: short, easy to say, and with a check character against mistakes.

Twelve characters of Crockford's base 32 (no I, L, O, U) are the 60 low bits of the case id; the thirteenth is their
check character by ISO 7064 MOD 37,36. It detects every wrong character. It detects every exchange of two neighbours,
except for 1 in 36 of those that are also neighbours in the alphabet.
"""

from typing import Final
from unicodedata import category
from uuid import UUID

from domain.case.refusals import ReferenceMistyped

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS: Final = 12
_BITS_OF_A_DIGIT: Final = 5
_VALUES: Final = {character: value for value, character in enumerate(ALPHANUMERIC)}
_SIZE: Final = len(ALPHANUMERIC)
_DASH: Final = "Pd"  # Unicode's category of hyphens and dashes, which word processors exchange for each other


def reference_of(case_id: UUID) -> str:
    """Return the public number of the case, printed as PN-XXXX-XXXX-XXXX-C."""
    bits = case_id.int
    digits = "".join(CROCKFORD[bits >> shift & 31] for shift in range(_BITS_OF_A_DIGIT * (_DIGITS - 1), -1, -5))
    return _printed(digits)


def parse_reference(text: str) -> str:
    """Return the public number as it is printed, from a typed one: in any case, with or without dashes and spaces.

    Raises:
        ReferenceMistyped: this cannot be a public number.
    """
    typed = "".join(sign for sign in text.upper() if not sign.isspace() and category(sign) != _DASH)
    digits, check = typed[2:-1], typed[-1:]
    if not typed.startswith("PN") or len(digits) != _DIGITS or not set(digits).issubset(CROCKFORD):
        raise ReferenceMistyped(field="reference")
    if check != check_character(digits):
        raise ReferenceMistyped(field="reference")
    return _printed(digits)


def check_character(digits: str) -> str:
    """Return the check character of ISO 7064 MOD 37,36."""
    product = _SIZE
    for digit in digits:
        product = ((product + _VALUES[digit]) % _SIZE or _SIZE) * 2 % (_SIZE + 1)
    return ALPHANUMERIC[(1 - product) % _SIZE]


def _printed(digits: str) -> str:
    return f"PN-{digits[:4]}-{digits[4:8]}-{digits[8:]}-{check_character(digits)}"
