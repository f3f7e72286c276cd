"""Top-level domains: all of them, those that people name, and how people spell them in other letters."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from publicsuffixlist import PublicSuffixList

_LISTED: Final = PublicSuffixList(accept_unknown=False, only_icann=True)
_SPELLED: Final[Mapping[str, str]] = MappingProxyType(
    {"kom": "com", "كوم": "com", "ком": "com", "ру": "ru", "нет": "net", "орг": "org", "аз": "az"}
)
COMMON: Final = frozenset(
    "com net org info biz az ru tr ge ua by kz uz de uk fr io me co app dev xyz online site shop top club pro link page"
    " su ir us eu tv cc gl ly gg to рф mobi ws gov edu".split()
)
"""Those that are taken for a domain without more evidence: 1,400 exist, and many of them are words."""


def top_level_domain(label: str) -> str | None:
    """Return the top-level domain that the label is, or spells; None if it is none."""
    meant = _SPELLED.get(label, label)
    return meant if _LISTED.is_public(meant) else None
