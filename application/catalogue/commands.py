"""What a change of the catalogue is: a row of a table, with what it is asked with and what it becomes."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPMethod
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from application.access.authorisation import Action
from application.catalogue.entries import Catalogue
from application.deciding import Command
from application.request_document import RequestDocument
from application.streams import Loaded
from application.subscriptions.egress import Egress
from domain.envelope import Actor

C = TypeVar("C", bound=Command)
S = TypeVar("S")


class Undecided(NamedTuple, Generic[C, S]):
    """A command, and the stream that it is about as it was loaded; `slug` is what the answer names."""

    slug: str
    found: Loaded[C, S]
    command: C


class Asking(NamedTuple):
    """When something is asked, by whom, in which catalogue, about whom, and where the operator lets the window send.

    `name` is the name in the address, if it has one.
    """

    at: datetime
    actor: Actor
    catalogue: Catalogue
    name: str | None
    egress: Egress

    @property
    def named(self) -> str:
        """The name in the address.

        Raises:
            LookupError: there is none.
        """
        if self.name is None:
            raise LookupError("this command needs the name of what it is about")
        return self.name


Build: TypeAlias = Callable[[Asking, Any], Awaitable[Undecided[Any, Any]]]


class CatalogueCommand(NamedTuple):
    """A change.

    Attributes:
        method, path: its address under the version of the interface.
        action: who may ask for it.
        takes: its body.
        build: returns the domain's command that the body becomes.
        name, summary, promise: what it is called, what it does, and what follows from it.
        creates: whether something new comes of it, which is answered with 201 and its address.
    """

    method: HTTPMethod
    path: str
    action: Action
    takes: type[RequestDocument]
    build: Build
    name: str
    summary: str
    promise: str
    creates: bool = False
