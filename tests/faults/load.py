"""People who use the window without pause, repeat each request until it is answered, and remember the answers."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import MappingProxyType
from typing import NamedTuple

import httpx2

from application.access.callers import Role
from cli.demo import OFFICIALS

_AGAIN = frozenset({429, 500, 502, 503, 504})
_PAUSE = 0.05
_DESK = "/v1/desks/extracts"
_EACH = 15  # cases that an official is given before another one sits down; the desk allows some more
_SEALED = {"property.number": "303-11-204"}


class Acknowledged(NamedTuple):
    """A change that the window has acknowledged."""

    case: str
    version: int
    position: int


class Load:
    """Citizens who submit and withdraw, and officials who work on the cases that they are drawn for.

    A citizen repeats a request with the same key until it is answered. Whatever happens, one key makes one case.
    """

    def __init__(self, addresses: Callable[[], Sequence[str]], token: Callable[..., str], citizens: int = 6) -> None:
        self._addresses, self._token, self._citizens = addresses, token, citizens
        self.acknowledged: list[Acknowledged] = []
        self.cases_of_key: defaultdict[str, set[str]] = defaultdict(set)
        self.cases_before: set[str] = set()
        self.refused = 0
        self._stopping = False
        self._told = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        """Use the window until the end of the block, and then until everybody has an answer."""
        async with asyncio.TaskGroup() as people:
            for number in range(self._citizens):
                people.create_task(self._citizen(number, self._token(Role.CITIZEN, f"citizen-{number}")))
            people.create_task(self._officials())
            try:
                yield self
            finally:
                self._stopping = True

    async def more(self, count: int = 40) -> None:
        """Wait until so many more changes are acknowledged, which shows that work goes on."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(120):
            while len(self.acknowledged) < wanted:
                self._told.clear()
                await self._told.wait()

    async def refusals(self, count: int = 1) -> None:
        """Wait until so many more requests have failed."""
        wanted = self.refused + count
        async with asyncio.timeout(120):
            while self.refused < wanted:
                self._told.clear()
                await self._told.wait()

    async def some_cases(self, token: str, count: int) -> list[str]:
        """Submit so many requests as somebody else; return their cases."""
        async with self._client(token) as client:
            return [await self._submit(client, 0, f"{token[-20:]}-{number}") for number in range(count)]

    async def histories_open(self) -> None:
        """Check that each citizen's newest case still shows the citizen's answers."""
        async with self._client(self._token(Role.CITIZEN, "citizen-0")) as client:
            seen = {"Position-Token": str(self.acknowledged[-1].position), "Prefer": "wait=10"}
            own = await self._until_answered(client, 0, "GET", "/v1/my/cases", headers=seen)
            assert own.json()["items"], (own.status_code, own.text)
            case = own.json()["items"][0]["caseId"]
            history = await self._until_answered(client, 0, "GET", f"/v1/cases/{case}/history")
            answers = history.json()["items"][0]["answers"]
            assert {element: answers.get(element) for element in _SEALED} == _SEALED, history.text

    async def _citizen(self, number: int, token: str) -> None:
        async with self._client(token) as client:
            count = 0
            while not self._stopping:
                count += 1
                key = f"{number}-{count}-{id(self)}"
                case = await self._submit(client, number, key)
                if count % 3 == 0:
                    headers = {"Idempotency-Key": f"{key}-back", "If-Match": '"1"'}
                    path, reason = f"/v1/cases/{case}/withdrawal", {"reason": "Found."}
                    withdrawn = await self._until_answered(client, number, "POST", path, reason, headers)
                    assert withdrawn.status_code in {200, 412}, withdrawn.text  # an official may have been first
                    if withdrawn.status_code == 200:
                        self._keep(withdrawn)
                if count % 5 == 0:  # after a lost answer, the repeat must get the first one
                    assert await self._submit(client, number + 1, key) == case

    async def _officials(self) -> None:
        """Let officials work on what they were drawn for. Others sit down before all have as many cases as they may."""
        async with AsyncExitStack() as stack:
            asked: set[str] = set()
            officials = [await stack.enter_async_context(self._client(self._official(name))) for name in OFFICIALS]
            while not self._stopping:
                if len(asked) > _EACH * (len(officials) - len(OFFICIALS) + 1):
                    further = await stack.enter_async_context(self._client(self._official(f"further-{len(officials)}")))
                    seat = await self._until_answered(further, 0, "PUT", f"{_DESK}/seat")
                    assert seat.status_code == 200, seat.text
                    officials.append(further)
                for official in officials:
                    await self._works(official, asked)
                await asyncio.sleep(_PAUSE)  # nothing tells an official that they were drawn

    def _official(self, name: str) -> str:
        return self._token(Role.OFFICIAL, name, "property-register")

    async def _works(self, client: httpx2.AsyncClient, asked: set[str]) -> None:
        """Ask a question in each case that the official was drawn for since."""
        mine = await self._until_answered(client, 0, "GET", f"{_DESK}/worklist?show=mine")
        assert mine.status_code == 200, mine.text
        for case in [item["caseId"] for item in mine.json()["items"] if item["caseId"] not in asked]:
            read = await self._until_answered(client, 0, "GET", f"/v1/cases/{case}")
            assert read.status_code == 200, read.text
            headers = {"If-Match": read.headers["ETag"], "Idempotency-Key": f"ask-{case}"}
            path, question = f"/v1/cases/{case}/questions", {"question": "Which floor?"}
            answer = await self._until_answered(client, 0, "POST", path, question, headers)
            if answer.status_code == 200:
                asked.add(case)
                self._keep(answer)

    async def _submit(self, client: httpx2.AsyncClient, number: int, key: str) -> str:
        answers = {**_SEALED, "extract.kind": "short"}
        body = {"service": "property-extract", "language": "en", "answers": answers}
        submitted = await self._until_answered(client, number, "POST", "/v1/cases", body, {"Idempotency-Key": key})
        assert submitted.status_code == 201, submitted.text
        case = str(submitted.json()["caseId"])
        self.cases_of_key[key].add(case)
        self._keep(submitted)
        return case

    @staticmethod
    def _client(token: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=40)

    async def _until_answered(
        self,
        client: httpx2.AsyncClient,
        number: int,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> httpx2.Response:
        tries = 0
        while True:
            addresses = self._addresses()
            address = addresses[(number + tries) % len(addresses)]
            tries += 1
            try:
                answer = await client.request(method, f"{address}{path}", json=body, headers=dict(headers))
            except httpx2.HTTPError:
                answer = None
            if answer is not None and answer.status_code not in _AGAIN:
                return answer
            if answer is not None:
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["Retry-After"]) >= 1
            self.refused += 1
            self._told.set()
            await asyncio.sleep(_PAUSE)  # like a client that obeys Retry-After, only less patient

    def _keep(self, answer: httpx2.Response) -> None:
        document = answer.json()
        case, version = document["caseId"], document["version"]
        self.acknowledged.append(Acknowledged(case, version, int(answer.headers["Position-Token"])))
        self._told.set()
