"""A budget under two hundred callers at once, on every route that asks a model, with retries and callers who leave."""

import asyncio
import contextlib
import itertools
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import aiohttp
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.acceptance.served_platform import ServedPlatform, platform_in_thread
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.client_registry import PostgresClientRegistry
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.settings import Settings
from textnlp.topology.limits import CALL_LIMITS
from textnlp.topology.scopes import ADMIN, READ, WRITE

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    # Hypothesis takes what the platform's thread draws at random meanwhile for its own strategies' doing.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"),
]

_CALLERS = 200
_MODEL = "stub"
_ASSUMED_TOKENS = 256
_LEAVING = "leave"
_STAYING = "stay"
_CHARACTERS_A_TOKEN = 4
_CLOCK = SystemClock()
_numbers = itertools.count()

Kind = Literal["sync", "stream", "leave", "async", "chat", "chat stream", "batch"]


class Call(NamedTuple):
    """A call of one kind; a prompt of `words` words, and `max_tokens`, None for as many as the model wants."""

    kind: Kind
    words: int
    max_tokens: int | None


_CALLS = st.lists(
    st.builds(
        Call,
        kind=st.sampled_from(["sync", "stream", "leave", "async", "chat", "chat stream", "batch"]),
        words=st.integers(1, 40) | st.integers(250, 400),
        max_tokens=st.none() | st.integers(1, 60),
    ),
    min_size=_CALLERS,
    max_size=_CALLERS,
)


@dataclass(frozen=True, slots=True)
class _Tenant:
    """A tenant of one run, where it calls, and what its two callers send: the one who stays, the one who leaves."""

    name: str
    url: str
    stayer: str
    staying: dict[str, str]
    leaving: dict[str, str]


class _Load:
    """Makes calls, each from a caller of its own, and remembers what was asked of the model."""

    def __init__(self, tenant: _Tenant, session: aiohttp.ClientSession) -> None:
        self._tenant = tenant
        self._session = session
        self.later: list[str] = []

    async def make(self, number: int, call: Call) -> None:
        """Make one call, whatever becomes of it."""
        who = _LEAVING if call.kind == _LEAVING else _STAYING
        prompt = " ".join([who, self._tenant.name, str(number), str(call.max_tokens or 0), *["word"] * call.words])
        with contextlib.suppress(aiohttp.ClientPayloadError):
            if call.kind == "batch":
                await self._batch(prompt, call)
            elif call.kind.startswith("chat"):
                await self._chat(prompt, call)
            else:
                await self._generate(prompt, call)

    async def _generate(self, prompt: str, call: Call) -> None:
        parameters = {} if call.max_tokens is None else {"max_tokens": call.max_tokens}
        body: dict[str, Any] = {"prompt": prompt, "parameters": parameters}
        body["stream"] = call.kind in {"stream", "leave"}
        body["mode"] = "async" if call.kind == "async" else "sync"
        headers = self._tenant.leaving if call.kind == _LEAVING else self._tenant.staying
        url = f"{self._tenant.url}/api/v1/generate"
        async with self._session.post(url, json=body, headers=headers) as response:
            if call.kind == "leave":
                await response.content.readany()
                response.close()
            else:
                await response.read()
            if response.status == 202:
                self.later.append(response.headers["Location"])

    async def _chat(self, prompt: str, call: Call) -> None:
        body = {
            "messages": [{"role": "user", "content": prompt}],
            "stream": call.kind == "chat stream",
            "max_tokens": call.max_tokens,
        }
        async with self._session.post(f"{self._tenant.url}/v1/chat/completions", json=body) as response:
            await response.read()

    async def _batch(self, prompt: str, call: Call) -> None:
        query = {"name": "p.txt"} | ({} if call.max_tokens is None else {"max_tokens": str(call.max_tokens)})
        rows = "\n".join(f"{prompt} {row}" for row in range(5))
        url = f"{self._tenant.url}/api/v1/batches"
        async with self._session.post(url, params=query, data=rows.encode()) as response:
            self.later.append(response.headers["Location"])

    async def settled(self) -> None:
        """Return when nothing that was asked for later is under way any more."""
        async with asyncio.timeout(60):
            for place in self.later:
                while True:
                    if await self._state(place) in {"completed", "failed", "cancelled"}:
                        break
                    await asyncio.sleep(0.05)

    async def _state(self, place: str) -> str:
        async with self._session.get(self._tenant.url + place) as response:
            return (await response.json())["state"]


@pytest.fixture
def stub_url() -> Generator[str]:
    """A model in a process of its own, which refuses, fails and hangs up now and then."""
    faults = ("--fault-429", "0.05", "--fault-500", "0.05", "--fault-reset", "0.05", "--retry-after", "0.01")
    command = [sys.executable, "-m", "tests.doubles.openai_server", "--latency", "0.01", *faults]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


def test_a_budget_is_overrun_only_by_what_calls_used_above_their_reservations(
    database_url: str, stub_url: str, tmp_path: Path
) -> None:
    wired = Settings(data_dir=tmp_path, database_url=database_url, base_url=f"{stub_url}/v1", model=_MODEL)
    with platform_in_thread(database_url, tmp_path, settings=wired) as served:

        @settings(
            max_examples=6,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
        )
        @given(calls=_CALLS, limit=st.integers(2_000, 60_000))
        def check(calls: list[Call], limit: int) -> None:
            answered = asyncio.run(_run(served, database_url, stub_url, calls=calls, limit=limit))
            assert answered > 0, "a budget of this size lets some calls through"

        check()


async def _run(served: ServedPlatform, database_url: str, stub_url: str, *, calls: list[Call], limit: int) -> int:
    tenant = await _new_tenant(served, database_url)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=tenant.staying, connector=connector) as session:
        budget = {"period": "total", "unit": "tokens", "limit": limit}
        async with session.post(f"{tenant.url}/api/v1/budgets", json=budget) as response:
            assert response.status == 201, await response.text()
        load = _Load(tenant, session)
        await asyncio.gather(*(load.make(number, call) for number, call in enumerate(calls)))
        await load.settled()
        spent = await _balanced(session, tenant)
        async with session.get(f"{stub_url}/stats") as response:
            stats = await response.json()
    entries = _entries(database_url, tenant)
    assert sum(entry.tokens for entry in entries) == spent
    assert spent <= limit + sum(max(0, entry.completion_tokens - _ASSUMED_TOKENS) for entry in entries)
    answered = {prompt: times for prompt, times in stats["answered_by_prompt"].items() if tenant.name in prompt.split()}
    counted = sum(_tokens_of(prompt) * times for prompt, times in answered.items() if prompt.startswith(_STAYING))
    assert sum(entry.tokens for entry in entries if entry.caller == tenant.stayer) == counted
    return len(answered)


def _tokens_of(prompt: str) -> int:
    """Return what the stub counts for a prompt, which says itself how many tokens its answer may have."""
    most = int(prompt.split()[3]) * _CHARACTERS_A_TOKEN
    answer = f"echo: {prompt}"
    texts = (prompt, answer[:most] if most else answer)
    return sum(-(-len(text) // _CHARACTERS_A_TOKEN) for text in texts)


class _Entry(NamedTuple):
    """A settled call."""

    caller: str
    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


def _entries(database_url: str, tenant: _Tenant) -> list[_Entry]:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select caller, prompt_tokens, completion_tokens from textnlp.usage_entries where tenant = %s",
            (tenant.name,),
        ).fetchall()
    return [_Entry(*row) for row in rows]


async def _new_tenant(served: ServedPlatform, database_url: str) -> _Tenant:
    name = f"tenant-{next(_numbers)}"
    limits = tuple((limit.name, 2**40) for limit in CALL_LIMITS)
    request = ClientRequest(name=name, permissions=(READ, WRITE, ADMIN), tenant=name, call_limits=limits)
    (stayer, staying), (leaver, leaving) = (make_client(request, now=_CLOCK.now()) for _ in range(2))
    async with _database(database_url) as database:
        for client in (stayer, leaver):
            await PostgresClientRegistry(database).create(client)
    return _Tenant(
        name=name,
        url=served.url,
        stayer=stayer.id,
        staying={"Authorization": f"Bearer {staying.text}"},
        leaving={"Authorization": f"Bearer {leaving.text}"},
    )


@contextlib.asynccontextmanager
async def _database(url: str) -> AsyncGenerator[PostgresDatabase]:
    database = PostgresDatabase(url, clock=_CLOCK, max_connections=1)
    yield database
    await database.aclose()


async def _balanced(session: aiohttp.ClientSession, tenant: _Tenant) -> int:
    """Return what the budget says is spent, once nothing is reserved any more."""
    async with asyncio.timeout(30):
        while True:
            async with session.get(f"{tenant.url}/api/v1/budgets") as response:
                (budget,) = (await response.json())["budgets"]
            if budget["reserved"] == "0":
                return int(budget["spent"])
            await asyncio.sleep(0.05)
