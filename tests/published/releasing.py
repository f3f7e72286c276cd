"""Keeps the released catalogues permanently, and compares the present one with the last of them.

    .venv/bin/python -m tests.published.releasing 0.2.0

writes the present catalogue as that of a release, unless a reader of the last one could not read it. Commit the file
with the release. 0.1.0 is what the ledger in tests/previous_version/0.1.0 was recorded with.
"""

import json
import re
import sys
from pathlib import Path
from typing import Final, TypeAlias

from ledger.published.catalogue import Name, schemas
from tests.published.compatibility import Catalogue, complaints
from tests.published.spoken import messages

FOLDER: Final = Path(__file__).parent / "released"
_VERSION: Final = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)")

Version: TypeAlias = tuple[int, ...]


class NotReleasedError(Exception):
    """The catalogue cannot be released like this; the text says why."""


def last_released(folder: Path = FOLDER) -> Catalogue:
    """Return the catalogue of the last release."""
    return _read(_releases(folder)[-1][1])


def release(version: str, present: Catalogue, folder: Path = FOLDER) -> Path:
    """Store a catalogue as that of a release; return its file.

    Raises:
        NotReleasedError: the version is not new, or the catalogue would break readers of the last one.
    """
    number = _number(version)
    before = _releases(folder)
    if before and number <= before[-1][0]:
        raise NotReleasedError(f"{version} does not follow {before[-1][1].stem}")
    found = complaints(_read(before[-1][1]), present) if before else []
    if found:
        raise NotReleasedError("\n".join(found))
    catalogue: dict[str, dict[str, object]] = {}
    for name, schema in present.items():
        catalogue.setdefault(name.topic, {})[str(name.version)] = schema
    file = folder / f"{version}.json"
    file.write_text(f"{json.dumps(catalogue, ensure_ascii=False, indent=1, sort_keys=True)}\n", encoding="utf-8")
    return file


def _releases(folder: Path) -> list[tuple[Version, Path]]:
    return sorted((_number(file.stem), file) for file in folder.glob("*.json"))


def _number(version: str) -> Version:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise NotReleasedError(f"{version} is not of the form 1.2.3")
    return tuple(map(int, found.groups()))


def _read(file: Path) -> Catalogue:
    catalogue = json.loads(file.read_text(encoding="utf-8"))
    return {Name(topic, int(version)): schema for topic, of in catalogue.items() for version, schema in of.items()}


def main() -> None:
    """Release the present catalogue."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        file = release(sys.argv[1], {**schemas(), **messages()})
    except NotReleasedError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
