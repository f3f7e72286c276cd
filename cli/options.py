"""Options that several commands share, and the settings from them."""

import errno
import os
from pathlib import Path
from typing import Annotated

import typer

from application.settings import Settings

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Folder of the embedded databases [default: PENCERE_DATA, else yours].")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")]


def read_settings(data: Path | None) -> Settings:
    """Return the settings of this process, and create the data folder if it is missing.

    Raises:
        SettingsError: a setting is missing or invalid.
        OSError: there can be no such folder.
    """
    settings = Settings.read(os.environ, data)
    make_data_folder(settings.data)
    return settings


def make_data_folder(folder: Path) -> None:
    """Create the folder if it is missing: only for its owner, but root's lets the database's account through."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
