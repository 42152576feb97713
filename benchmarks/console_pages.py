"""How long does the server take for each page of the console on a database with 1,000 batches and 5,000,000 rows?

Seeds a database of its own with batches, rows, dataset runs and spans, serves the platform over it, and asks for every
page ten times; prints median and slowest. `--rows 100000` seeds less.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp
import psycopg
from tests.acceptance.served_platform import serve_platform

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.migrate import upgrade
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.settings import Settings

BATCHES = 1_000
ROUNDS = 10
BUDGET_MS = 200
RECORD = (
    '{"id":"row","text":"It boils in two minutes and pours without a drip.","model":"scripted","finish_reason":"stop",'
    '"usage":{"prompt_tokens":14,"completion_tokens":21,"cached_tokens":0,"reasoning_tokens":0},"attempts":1}'
)
SEED_BATCHES = """
insert into textnlp.batches (slice_count, input_rows, accepted_rows, failed_rows, prompt_tokens, completion_tokens,
    created_at, finished_at, id, state, name, spec, source_sha256, requests_path, output_prefix, tenant, caller)
select 1, %(rows)s, %(rows)s - %(rows)s / 100, %(rows)s / 100, %(rows)s * 14, %(rows)s * 21,
    now() - n * interval '1 minute', now() - n * interval '1 minute' + interval '50 seconds',
    'batch_' || lpad((%(batches)s - n)::text, 26, '0'), 'completed', 'prompts-' || n || '.jsonl',
    '{"model": "scripted"}', '', '', '', 'local', 'local'
from generate_series(1, %(batches)s) as n
"""
SEED_ROWS = """
insert into textnlp.batch_rows (batch_key, row_index, prompt_tokens, completion_tokens, cached_tokens,
    reasoning_tokens, attempts, state, payload_hash, row_id, code, record)
select batch_key, n, 14, 21, 0, 0, 1, case when n %% 100 = 0 then 3 else 1 end, ''::bytea, n::text::bytea,
    case when n %% 100 = 0 then 'timeout' end,
    case when n %% 100 = 0 then convert_to('{"id":"row","line":1,"row":1,"state":"failed","code":"timeout",'
        || '"message":"The model did not answer.","attempts":3}', 'UTF8') else convert_to(%(record)s, 'UTF8') end
from textnlp.batches, generate_series(0, %(rows)s - 1) as n
where batch_key between %(first)s and %(last)s
"""
AT_ONCE = 50


def seed(dsn: str, *, rows: int) -> str:
    """Fill the database and return the id of its newest batch."""
    a_batch = rows // BATCHES
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SEED_BATCHES, {"batches": BATCHES, "rows": a_batch})
        for begin in range(1, BATCHES + 1, AT_ONCE):
            told = {"rows": a_batch, "record": RECORD, "first": begin, "last": begin + AT_ONCE - 1}
            connection.execute(SEED_ROWS, told)
        connection.execute("vacuum analyze")
        found = connection.execute("select max(id) from textnlp.batches").fetchone()
    assert found is not None
    return found[0]


async def milliseconds(session: aiohttp.ClientSession, url: str) -> tuple[float, int]:
    """Return how long one page took, and its bytes."""
    began = time.perf_counter()
    async with session.get(url) as response:
        body = await response.read()
        assert response.status == 200, f"{url} is answered with {response.status}"
    return 1000 * (time.perf_counter() - began), len(body)


async def measure(dsn: str, folder: Path, batch: str, *, rows: int) -> None:
    """Ask for every page, and print what it took."""
    deep = rows // BATCHES - 200
    pages = [
        "/console",
        "/console/playground",
        "/console/batches",
        "/console/batches?state=failed",
        f"/console/batches?before={batch}",
        f"/console/batches/{batch}",
        f"/console/batches/{batch}/rows",
        f"/console/batches/{batch}/rows?after={deep}",
        f"/console/batches/{batch}/rows?state=failed",
        f"/console/batches/{batch}/rows/{deep}",
        "/console/recipes",
        "/console/runs",
        "/console/templates",
        "/console/datasets",
        "/console/reviews",
        "/console/models",
        "/console/usage",
        "/console/queues",
        "/console/monitor",
        "/console/traces",
        "/console/clients",
        "/console/settings",
    ]
    settings = Settings(data_dir=folder, database_url=dsn, model=SCRIPTED_MODEL, authentication=False)
    async with serve_platform(dsn, folder, settings=settings) as (_, served), aiohttp.ClientSession() as session:
        slow: list[str] = []
        for page in pages:
            await milliseconds(session, served.url + page)
            taken = [await milliseconds(session, served.url + page) for _ in range(ROUNDS)]
            times = [each for each, _ in taken]
            median, slowest = statistics.median(times), max(times)
            print(f"{page[:64]:<64} {median:7.1f} ms  {slowest:7.1f} ms at most  {taken[0][1]:8,} bytes")
            if median > BUDGET_MS:
                slow.append(page)
        print(f"{len(pages)} pages, {len(slow)} above {BUDGET_MS} ms {slow or ''}")


async def main() -> None:
    """Seed, serve and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    rows: int = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-", ignore_cleanup_errors=True) as name:
        server = EmbeddedPostgres(Path(name) / "postgres", clock=SystemClock())
        dsn = await server.ensure_running()
        try:
            await upgrade(dsn)
            began = time.perf_counter()
            batch = await asyncio.to_thread(seed, dsn, rows=rows)
            print(f"{BATCHES:,} batches and {rows:,} rows seeded in {time.perf_counter() - began:.0f} s")
            await measure(dsn, Path(name), batch, rows=rows)
        finally:
            await server.release()


if __name__ == "__main__":
    asyncio.run(main())
