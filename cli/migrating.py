"""`pencere migrate`: updates the databases to the tables of this version."""

from cli.databases import migrate_databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import summary


def migrate(data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Update the databases to the tables of this version."""
    summary({"applied": migrate_databases(read_settings(data))}, as_json=as_json)
