"""Makes wheels of the installed packages, so that an installation can be tried without a network."""

import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

_LEFT_OUT = ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json")


def wheel_of(name: str, folder: Path) -> Path:
    """Write a wheel of an installed distribution, with the files that an installation keeps."""
    found = distribution(name)
    stem = f"{found.name.replace('-', '_')}-{found.version}"
    wheel = folder / f"{stem}-{_tag(found)}.whl"
    files = [
        file
        for file in found.files or ()
        if ".." not in file.parts and file.suffix != ".pyc" and file.name not in _LEFT_OUT
    ]
    with zipfile.ZipFile(wheel, "w") as written:
        for file in files:
            written.write(str(file.locate()), str(file))
        record = f"{next(file.parts[0] for file in files if file.parts[0].endswith('.dist-info'))}/RECORD"
        written.writestr(record, "".join(f"{file},,\n" for file in [*files, record]))
    return wheel


def _tag(found: Distribution) -> str:
    lines = (found.read_text("WHEEL") or "").splitlines()
    tags = [line.removeprefix("Tag: ").split("-") for line in lines if line.startswith("Tag: ")]
    return "-".join(".".join(sorted(set(part))) for part in zip(*tags, strict=True))
