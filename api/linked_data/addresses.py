"""The addresses of what the catalogue describes: one each, for ever, whatever address the window was asked at."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import quote, urlsplit

from api.linked_data.vocabulary import LOC_LANGUAGES, OWN, PREFIXES

Section: TypeAlias = Literal["agencies", "services", "resources"]
"""A part of the catalogue."""

SECTIONS: Final[tuple[Section, ...]] = ("agencies", "services", "resources")
CATALOGUE_PATH: Final = "/v1/catalogue"
_LETTERS_OF_639_1: Final = 2


class Addresses(NamedTuple):
    """Makes addresses below a public one; the window answers at each of them.

    `public_url` is where everybody reaches the window, without a last slash. `place` is the address of the place that
    the agencies act in, when the operator has set one.
    """

    public_url: str
    place: str | None = None

    @property
    def catalogue(self) -> str:
        """The catalogue's own address."""
        return f"{self.public_url}{CATALOGUE_PATH}"

    @property
    def host(self) -> str:
        """The name of the host at which the window is reached."""
        return urlsplit(self.public_url).netloc

    @property
    def terms(self) -> str:
        """The address of our own words."""
        return f"{self.catalogue}/terms"

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of all words, with that of our own."""
        return {**PREFIXES, OWN: f"{self.terms}#"}

    def of(self, section: Section, slug: str) -> str:
        """Return the address of an agency, a service or a resource."""
        return f"{self.catalogue}/{section}/{slug}"

    def term(self, name: str) -> str:
        """Return the address of one of our own words."""
        return f"{self.terms}#{name}"


def part(whole: str, kind: str, name: str = "") -> str:
    """Return the address of a part of a thing, by its kind and the name that it has there."""
    return f"{whole}#{kind}-{quote(name, safe='')}" if name else f"{whole}#{kind}"


def language_address(tag: str) -> str:
    """Return the address of the language that a tag (BCP 47) begins with."""
    primary = tag.partition("-")[0]
    listed_in = "iso639-1" if len(primary) == _LETTERS_OF_639_1 else "iso639-2"
    return f"{LOC_LANGUAGES}{listed_in}/{primary}"
