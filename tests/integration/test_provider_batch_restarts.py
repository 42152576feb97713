"""Batches at a provider outlive the process that made them: nothing is paid twice, and no answer is lost."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime, timedelta

import pytest

from tests.doubles.mishaps import Mishap
from tests.doubles.openai_batch_states import Flavour, Plan
from tests.doubles.openai_batches import OpenAIBatches
from tests.factories.provider_batches import KEY, batch_engine, request, texts_of, until, until_recorded
from textnlp.adapters.database.memory_provider_batch_journal import MemoryProviderBatchJournal
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.provider_batch_journal import PostgresProviderBatchJournal
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.batches.requests import payload_hash
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion
from textnlp.domain.identifiers import new_provider_batch_key
from textnlp.ports.provider_batch_journal import ProviderBatchJournal

PROMPTS = [f"Number {number}" for number in range(8)]
ECHOES = [f"echo: {prompt}" for prompt in PROMPTS]
HASHES = tuple(payload_hash(request(prompt)) for prompt in PROMPTS)

_DOOMED = """
import asyncio, sys
from tests.doubles.mishaps import Mishap
from tests.doubles.openai_batch_states import Flavour
from tests.doubles.openai_batches import OpenAIBatches
from tests.factories.provider_batches import batch_engine, texts_of
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.provider_batch_journal import PostgresProviderBatchJournal

class Far(OpenAIBatches):
    base_url = sys.argv[3]

async def main():
    database = PostgresDatabase(sys.argv[2], clock=SystemClock())
    journal = PostgresProviderBatchJournal(database, tenant="mine")
    async with batch_engine(Far(Flavour(sys.argv[1])), journal) as engine:
        await texts_of(engine, *sys.argv[4:])

asyncio.run(main())
"""


class Kept:
    """Takes the answers that nobody waits for."""

    def __init__(self) -> None:
        self.texts: dict[bytes, str] = {}

    async def take(self, key: bytes, completion: Completion) -> None:
        """Keep one."""
        self.texts[key] = completion.text


@pytest.fixture(params=list(Flavour))
async def server(request: pytest.FixtureRequest) -> AsyncGenerator[OpenAIBatches]:
    async with OpenAIBatches(request.param, api_key=KEY).serving() as server:
        yield server
    assert server.overlaps == []


@pytest.fixture
def journal() -> ProviderBatchJournal:
    return MemoryProviderBatchJournal(tenant="mine")


async def left_behind(
    server: OpenAIBatches, journal: ProviderBatchJournal, *, prompts: list[str] = PROMPTS, is_held: bool = True
) -> None:
    """Leave one batch of all prompts at the provider, and nobody who sees to it."""
    server.plans.append(Plan(is_held=is_held))
    async with batch_engine(server, journal) as engine:
        asked = [asyncio.create_task(engine.generate(request(prompt))) for prompt in prompts]
        await until(lambda: server.statuses == ["in_progress"])
    assert all(isinstance(each, TextNLPError) for each in await asyncio.gather(*asked, return_exceptions=True))


async def test_whoever_asks_again_after_a_restart_gets_the_answers_of_the_batch_that_lives(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    await left_behind(server, journal)
    kept = Kept()
    async with batch_engine(server, journal, on_answer=kept.take) as engine:
        await engine.start()
        asked = asyncio.create_task(texts_of(engine, *PROMPTS[:5], "Another"))
        await until(lambda: len(server.batches) == 2)
        server.release()
        assert await asked == [*ECHOES[:5], "echo: Another"]
        await until(lambda: not server.files)
    assert set(server.times_asked.values()) == {1}
    assert kept.texts == dict(zip(HASHES[5:], ECHOES[5:], strict=True))
    assert await journal.unsettled("west") == []


async def test_the_first_request_adopts_where_nobody_has(server: OpenAIBatches, journal: ProviderBatchJournal) -> None:
    await left_behind(server, journal)
    server.release()
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
    assert set(server.times_asked.values()) == {1}


async def test_answers_that_nobody_asks_for_again_are_kept(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    await left_behind(server, journal)
    server.release()
    kept = Kept()
    async with batch_engine(server, journal, on_answer=kept.take) as engine:
        await engine.start()
        await until(lambda: not server.files)
        assert await texts_of(engine, *PROMPTS[:2]) == ECHOES[:2]
    assert kept.texts == dict(zip(HASHES, ECHOES, strict=True))
    assert set(server.times_asked.values()) == {1}


@pytest.mark.parametrize("others", [0, 230])
async def test_a_batch_that_was_made_and_not_recorded_is_found_at_the_provider(
    server: OpenAIBatches, journal: ProviderBatchJournal, others: int
) -> None:
    server.mishaps.append(Mishap(method="POST", ending="/batches", is_done=True, hangs=True))
    async with batch_engine(server, journal) as engine:
        asked = asyncio.create_task(texts_of(engine, *PROMPTS))
        await until(lambda: len(server.batches) == 1)
    with pytest.raises(TextNLPError):
        await asked
    (record,) = await journal.unsettled("west")
    assert record.file_id is not None
    assert record.batch_id is None
    (batch,) = server.batches.values()
    for number in range(others):
        server.batches[f"other-{number}"] = type(batch)(
            id=f"other-{number}",
            input_file_id=batch.input_file_id,
            endpoint=batch.endpoint,
            completion_window="24h",
            metadata={"textnlp_batch": f"other-{number}"},
            plan=Plan(),
            rows=[],
            tokens=0,
            status="completed",
        )
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
    assert set(server.times_asked.values()) == {1}


@pytest.mark.parametrize("is_uploaded", [True, False])
async def test_a_batch_that_was_recorded_and_never_made_is_asked_anew(
    server: OpenAIBatches, journal: ProviderBatchJournal, *, is_uploaded: bool
) -> None:
    before = datetime.now(UTC)
    await journal.record(recorded(before))
    if is_uploaded:
        (record,) = await journal.unsettled("west")
        await journal.mark(record.key, file_id="file-gone", batch_id=None, at=before)
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS[:3]) == ECHOES[:3]
        assert datetime.now(UTC) - before >= timedelta(seconds=0.2)
    assert dict(server.times_asked) == dict.fromkeys(PROMPTS[:3], 1)
    assert await journal.unsettled("west") == []


async def test_a_batch_that_another_process_is_about_to_make_is_waited_for(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.mishaps.append(Mishap(method="POST", ending="/files", status=500, times=12))
    async with (
        batch_engine(server, journal, max_attempts=99, linger_seconds=1.0) as first,
        batch_engine(server, journal, abandoned_seconds=30.0, linger_seconds=1.0) as second,
    ):
        asked = asyncio.create_task(texts_of(first, *PROMPTS))
        await until_recorded(journal)
        await second.start()
        assert await texts_of(second, *PROMPTS) == ECHOES
        assert await asked == ECHOES
    assert set(server.times_asked.values()) == {1}


async def test_whoever_was_taken_for_abandoned_makes_no_batch_of_the_old_record(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.mishaps.append(Mishap(method="POST", ending="/files", status=500, times=3))
    async with batch_engine(server, journal) as engine:
        asked = asyncio.create_task(texts_of(engine, *PROMPTS))
        record = await until_recorded(journal)
        assert await journal.settle(record.key)
        assert await asked == ECHOES
    assert [batch.metadata == {"textnlp_batch": record.key} for batch in server.batches.values()] == [False]


async def test_a_close_in_the_middle_of_an_upload_leaves_nothing_to_wait_for(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.mishaps.append(Mishap(method="POST", ending="/files", hangs=True))
    async with batch_engine(server, journal) as engine:
        asked = asyncio.create_task(texts_of(engine, *PROMPTS))
        await until_recorded(journal)
    with pytest.raises(TextNLPError):
        await asked
    assert await journal.unsettled("west") == []


async def test_only_what_somebody_asks_again_of_an_adopted_batch_is_asked_again(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    await left_behind(server, journal)
    (batch,) = server.batches.values()
    batch.plan = Plan(ending="expired", answered=2, is_held=True)
    async with batch_engine(server, journal) as engine:
        await engine.start()
        asked = asyncio.create_task(texts_of(engine, *PROMPTS[1:4]))
        await asyncio.sleep(0.02)
        server.release()
        assert await asked == ECHOES[1:4]
    assert [server.times_asked[prompt] for prompt in PROMPTS] == [1, 1, 2, 2, 1, 1, 1, 1]


async def test_a_batch_that_the_provider_has_forgotten_is_asked_again(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    await left_behind(server, journal)
    server.batches.clear()
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES


async def test_a_provider_that_is_away_for_a_while_costs_nothing(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.plans.append(Plan(is_held=True))
    async with batch_engine(server, journal) as engine:
        asked = asyncio.create_task(texts_of(engine, *PROMPTS))
        await until(lambda: server.statuses == ["in_progress"])
        await server.stop()
        await asyncio.sleep(0.1)
        server.release()
        await server.start()
        assert await asked == ECHOES
    assert set(server.times_asked.values()) == {1}


async def test_a_batch_stays_recorded_until_its_callers_have_had_time_to_store_its_answers(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    kept = Kept()
    async with batch_engine(server, journal, linger_seconds=3600.0) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
        async with batch_engine(server, journal, on_answer=kept.take) as next_engine:
            await next_engine.start()
            await until(lambda: not server.files)
        assert await journal.unsettled("west") == []
    assert kept.texts == dict(zip(HASHES, ECHOES, strict=True))
    assert set(server.times_asked.values()) == {1}


async def test_what_was_handed_out_is_settled_when_the_engine_is_closed(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    async with batch_engine(server, journal, linger_seconds=3600.0) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
        await asyncio.sleep(0.05)
        assert len(await journal.unsettled("west")) == 1
    assert await journal.unsettled("west") == []
    assert server.files == {}


async def test_nothing_is_asked_while_it_is_not_known_what_is_on_its_way(server: OpenAIBatches) -> None:
    class Away(MemoryProviderBatchJournal):
        async def unsettled(self, deployment: str, **given: object) -> list[ProviderBatch]:
            del deployment, given
            raise TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)

    async with batch_engine(server, Away(tenant="mine")) as engine:
        for call in (engine.start(), engine.generate(request())):
            with pytest.raises(TextNLPError) as caught:
                await call
            assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert server.uploads == 0


async def test_engines_of_other_names_and_tenants_leave_a_batch_alone(
    server: OpenAIBatches,
) -> None:
    everyones = MemoryProviderBatchJournal()
    await left_behind(server, everyones.for_tenant("mine"))
    looks = server.looks
    async with batch_engine(server, everyones.for_tenant("theirs")) as engine:
        await engine.start()
        await asyncio.sleep(0.05)
    assert server.looks == looks


@pytest.mark.postgres
@pytest.mark.parametrize("moment", ["upload", "creation", "work"])
async def test_a_process_that_is_killed_is_succeeded_without_a_row_paid_twice(
    server: OpenAIBatches, database_url: str, database: PostgresDatabase, moment: str
) -> None:
    if moment == "upload":
        server.mishaps.append(Mishap(method="POST", ending="/files", is_done=True, hangs=True))
    if moment == "creation":
        server.mishaps.append(Mishap(method="POST", ending="/batches", is_done=True, hangs=True))
    server.plans.append(Plan(is_held=moment == "work"))
    journal = PostgresProviderBatchJournal(database, tenant="mine")
    with doomed(server, database_url) as process:
        if moment == "upload":
            await until(lambda: server.uploads == 1)
        else:
            await until(lambda: bool(server.statuses) and (moment == "creation" or server.looks > 2))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(await journal.unsettled("west")) == 1
    server.release()
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
    assert dict(server.times_asked) == dict.fromkeys(PROMPTS, 1)
    assert await journal.unsettled("west") == []


@contextlib.contextmanager
def doomed(server: OpenAIBatches, database_url: str) -> Generator["subprocess.Popen[bytes]"]:
    """Ask all prompts in a process of its own."""
    command = [sys.executable, "-c", _DOOMED, server.flavour, database_url, server.base_url, *PROMPTS]
    with subprocess.Popen(command) as process:
        try:
            yield process
        finally:
            process.kill()


def recorded(at: datetime) -> ProviderBatch:
    """Return a batch that a process has recorded before it died."""
    return ProviderBatch(
        key=new_provider_batch_key(at),
        deployment="west",
        model="m",
        hashes=HASHES,
        prompt_tokens=24,
        recorded_at=at,
        touched_at=at,
    )
