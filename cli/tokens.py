"""`pencere token`: a token of the development issuer, to try the API with."""

from typing import Annotated

import typer

from api.development_issuer import issue_token
from application.access.callers import Role
from application.clock import system_clock
from cli.options import DataFolder, read_settings
from cli.terminal import fail


def token(
    role: Annotated[Role, typer.Option(help="Who the token says you are.")],
    subject: Annotated[str, typer.Option(help="The person or system, as the issuer names it.")],
    agency: Annotated[
        str | None, typer.Option(help="The agency of an official, an agency's system or a coordinator.")
    ] = None,
    desk: Annotated[list[str] | None, typer.Option(help="A desk of the official; none given: every desk.")] = None,
    identifier: Annotated[
        list[str] | None, typer.Option(help="How a register knows a citizen: ELEMENT=VALUE, such as person.number=...")
    ] = None,
    organisation: Annotated[
        list[str] | None, typer.Option(help="An organisation that a citizen may act for by law: ELEMENT=VALUE.")
    ] = None,
    data: DataFolder = None,
) -> None:
    """Print a token of the development issuer, and nothing else. In production mode there is no such issuer."""
    settings = read_settings(data)
    identifiers = dict(given.partition("=")[::2] for given in identifier or ())
    try:
        made = issue_token(
            settings,
            role,
            subject,
            now=system_clock(),
            agency=agency,
            desks=tuple(desk or ()),
            identifiers=identifiers,
            organisations=[(given.partition("=")[0], given.partition("=")[2]) for given in organisation or ()],
        )
    except ValueError as error:
        fail(str(error))
    typer.echo(made)
