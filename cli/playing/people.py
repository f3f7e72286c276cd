"""The people of the demonstration: each has a development token, and asks the window over HTTP as everybody does."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

import httpcore2

from api.development_issuer import issue_token
from application.access.callers import Role
from application.clock import system_clock
from application.settings import Settings
from cli.playing.caretaker import House

LEYLA: Final = "AA10001"
"""The identifier by which both registers know the applicant; nobody has it."""

SISTER: Final = "AA10002"

NO_ANSWER: Final = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError)
"""What the connection raises where nobody answers."""

_TIME_LIMIT: Final = 30.0
_TIMES: Final = dict.fromkeys(("connect", "read", "write", "pool"), _TIME_LIMIT)


class NobodyAnswersError(Exception):
    """The window, or a register, has not answered; the text says what."""


class Answer(NamedTuple):
    """What the window, or a register, has answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def rule(self) -> str | None:
        """The rule that refused; None where nothing was refused."""
        return self.body.get("rule") if isinstance(self.body, dict) else None


class Person:
    """Somebody who asks the window.

    Args:
        pool: the connections.
        address: the window's.
        token: who they are; None: anyone.
    """

    def __init__(self, pool: httpcore2.ConnectionPool, address: str, token: str | None) -> None:
        self._pool, self._address = pool, address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def asks(self, path: str, **headers: str) -> Answer:
        """Read."""
        return self._send("GET", path, b"", headers)

    def sends(self, method: str, path: str, body: object, **headers: str) -> Answer:
        """Write; in the names of headers an underscore stands for a hyphen."""
        return self._send(method, path, json.dumps(body).encode(), {"Content_Type": "application/json", **headers})

    def takes(self, path: str, **headers: str) -> Answer:
        """Fetch a text that is no JSON."""
        return self._send("GET", path, b"", headers, read=bytes.decode)

    def _send(
        self,
        method: str,
        path: str,
        content: bytes,
        headers: Mapping[str, str],
        read: Callable[[bytes], Any] = json.loads,
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            response = self._pool.request(
                method,
                f"{self._address}{path}",
                headers=[*self._headers.items(), *named.items()],
                content=content,
                extensions={"timeout": _TIMES},
            )
        except NO_ANSWER as error:
            raise NobodyAnswersError(f"nobody answers {method} {path.partition('?')[0]}") from error
        told = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, read(response.content or b"null"), told)


class People:
    """Everybody who has a part in the demonstration.

    Args:
        house: where the window and the registers are.
    """

    def __init__(self, house: House) -> None:
        self._pool, self._house = httpcore2.ConnectionPool(), house
        self._settings = Settings.read({}, house.data)
        self.coordinator = self._with_token(Role.COORDINATOR, "coordinator", "digital-agency")
        self.interior = self._with_token(Role.AGENCY, "system", "interior-ministry")
        self.property = self._with_token(Role.AGENCY, "system", "property-agency")
        self.post = self._with_token(Role.AGENCY, "system", "post")
        self.city = self._with_token(Role.AGENCY, "system", "city-of-baku")
        self.officials = [self._with_token(Role.OFFICIAL, f"official-{number}", "city-of-baku") for number in (1, 2, 3)]
        self.anyone = Person(self._pool, house.address(house.window), None)
        self.leyla = self._with_token(Role.CITIZEN, "leyla", identifiers={"person.identifier": LEYLA})
        self.sister = self._with_token(Role.CITIZEN, "sister", identifiers={"person.identifier": SISTER})
        self.population_register = Person(self._pool, house.address(house.population), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def _with_token(
        self,
        role: Role,
        subject: str,
        agency: str | None = None,
        identifiers: Mapping[str, str] = MappingProxyType({}),
    ) -> Person:
        token = issue_token(self._settings, role, subject, now=system_clock(), agency=agency, identifiers=identifiers)
        return Person(self._pool, self._house.address(self._house.window), token)
