"""Lines that are slow, that stay open and say nothing, and that break."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.acceptance.command_line import CommandLine, read_lines, until, write_prompts
from tests.doubles.openai_server import OpenAIStub, Reply, StubOptions
from tests.doubles.tcp_proxy import TcpProxy
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError

pytestmark = pytest.mark.postgres


@pytest.fixture
async def proxied(database_url: str) -> AsyncGenerator[tuple[PostgresDatabase, TcpProxy]]:
    """A database behind a line of which a second's silence is too long."""
    given = conninfo_to_dict(database_url)
    host, port = str(given.get("host", "")), int(str(given.get("port", 5432)))
    target = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
    async with TcpProxy(target) as proxy:
        address = make_conninfo("", **{**given, "host": "127.0.0.1", "port": proxy.port, "sslmode": "disable"})
        database = PostgresDatabase(address, clock=SystemClock(), wait_seconds=2, silence_seconds=1)
        yield database, proxy
        await database.aclose()


async def ask(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        await connection.execute("select 1")


async def test_a_database_whose_line_is_open_and_dead_is_away_after_a_while_and_back_with_the_line(
    proxied: tuple[PostgresDatabase, TcpProxy],
) -> None:
    database, proxy = proxied
    await ask(database)
    proxy.freeze()
    began = time.monotonic()
    async with asyncio.timeout(20):
        with pytest.raises(TextNLPError) as caught:
            await ask(database)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert time.monotonic() - began < 10
    proxy.thaw()
    await ask(database)


async def test_a_statement_that_takes_longer_than_the_silence_it_is_allowed_is_given_up(
    proxied: tuple[PostgresDatabase, TcpProxy],
) -> None:
    database, _ = proxied
    with pytest.raises(TextNLPError) as caught:
        async with database.connection() as connection:
            await connection.execute("select pg_sleep(3)")
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    await ask(database)


async def test_rows_come_through_a_slow_line_and_a_dead_one_costs_only_its_calls_once_more(
    command_line: CommandLine, tmp_path: Path
) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    ids = write_prompts(prompts, 60)
    async with OpenAIStub() as stub:
        port = int(stub.base_url.split(":")[2].split("/")[0])
        async with TcpProxy(("127.0.0.1", port), delay_seconds=0.01, piece_bytes=256) as proxy:
            asked = ("--out", out, "--base-url", f"http://127.0.0.1:{proxy.port}/v1", "--model", "stub", "--quiet")
            running = asyncio.create_task(
                command_line.run("batch", "run", prompts, *asked, "--timeout", "2", "--concurrency", "8")
            )
            await until(lambda: stub.stats.answered >= 10, seconds=60)
            proxy.freeze()
            await asyncio.sleep(2.5)
            proxy.thaw()
            finished = await running
        calls = stub.stats.calls
    assert finished.exit_code == 0, finished.stderr
    assert [line["id"] for line in read_lines(out / "generations.jsonl")] == ids
    assert calls <= 60 + 3 * 8
    assert (await command_line.run("doctor", "--deep")).exit_code == 0


async def test_an_engine_that_hangs_breaks_off_and_answers_nonsense_leaves_every_row_accounted_for(
    command_line: CommandLine, tmp_path: Path
) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    write_prompts(prompts, 200)
    faults = StubOptions(fault_hang=0.01, fault_reset=0.05, fault_500=0.05, fault_429=0.05, seed=3)
    async with OpenAIStub(faults) as stub:
        for raw in (b"", b"\x00\xff garbage \r\n\r\n", b'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"ch'):
            stub.script(Reply(raw=raw, is_cut=True))
        for body in (b"[]", b"{}", b"null", b'{"choices": []}', b'{"choices": [{"message": 7}]}', b"\xff\xfe"):
            stub.script(Reply(body=body))
        asked = ("--out", out, "--base-url", stub.base_url, "--model", "stub", "--quiet", "--concurrency", "16")
        finished = await command_line.run("batch", "run", prompts, *asked, "--timeout", "2")
    counts = json.loads((out / "manifest.json").read_text())["counts"]
    assert finished.exit_code in {0, 3}, finished.stderr
    assert counts["input"] == counts["accepted"] + counts["rejected"] + counts["failed"] == 200
    assert counts["failed"] <= 6
    assert (await command_line.run("doctor", "--deep")).exit_code == 0
