"""The `pencere` command."""

import typer

from cli.auditing import app as audit_app
from cli.databases import migrate_databases
from cli.importing import app as import_app
from cli.kafka_commands import app as kafka_app
from cli.log_commands import app as log_app
from cli.options import AsJson, DataFolder, read_settings
from cli.projecting import app as project_app
from cli.publishing import publish
from cli.reacting import react
from cli.replicating import replica
from cli.serving import serve
from cli.starting import start
from cli.subscribing import PASSED_ON, subscribe
from cli.terminal import summary
from cli.tokens import token
from cli.vault_commands import app as vault_app
from cli.verifying_files import verify
from cli.webhooks import webhooks

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.command()(serve)
app.command()(publish)
app.command()(react)
app.command(context_settings=dict(PASSED_ON), add_help_option=False)(subscribe)
app.command(context_settings=dict(PASSED_ON), add_help_option=False)(verify)
app.command()(webhooks)
app.command()(replica)
app.add_typer(audit_app, name="audit")
app.add_typer(import_app, name="import")
app.add_typer(kafka_app, name="kafka")
app.add_typer(log_app, name="log")
app.add_typer(project_app, name="project")
app.add_typer(vault_app, name="vault")


@app.command()
def migrate(data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Update the databases to the tables of this version."""
    summary({"applied": migrate_databases(read_settings(data))}, as_json=as_json)


app.command()(token)


def main() -> None:
    """Run a command."""
    start(app)
