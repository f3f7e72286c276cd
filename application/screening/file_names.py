"""Names of files, whose endings and digits are no way to reach anybody."""

import re
from collections.abc import Sequence
from typing import Final

ENDINGS: Final = frozenset(
    "pdf doc docx xls xlsx ppt pptx txt rtf odt ods odp jpg jpeg png gif bmp tif tiff svg dwg dxf zip rar 7z csv xml"
    " json html htm mp3 mp4 mov avi heic eml msg asice adoc p7s sig dgn shp kml kmz gml ifc rvt skp psd ai md"
    " log webp".split()
)
_NAME: Final = re.compile(r"(?<![\w.-])[\w.-]*+")


def file_names(text: str) -> Sequence[tuple[int, int]]:
    """Return where the names of files stand in the text: from one character up to another, not included."""
    names = ((found.start(), found.start() + len(found.group().rstrip(".-"))) for found in _NAME.finditer(text))
    return [(start, end) for start, end in names if is_file_name(text[start:end])]


def is_file_name(word: str) -> bool:
    """Return whether the word ends as the name of a file."""
    stem, dot, ending = word.rpartition(".")
    return bool(stem and dot) and ending in ENDINGS
