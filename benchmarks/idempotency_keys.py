"""What does an `Idempotency-Key` add to a call, with its key and its answer in PostgreSQL?

A call claims its key, is answered with 2 kB, and waits until the answer is kept; one call after another, and 64 at a
time. Then the same keys are asked for again. The database is the embedded one, on the same machine.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.idempotency_store import PostgresIdempotencyStore
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.application.keep_answers import AnswerKeeper
from textnlp.domain.idempotency.model import KeptAnswer, KeyClaim
from textnlp.domain.identity.tenant import LOCAL_OWNER

CALLS = 2_000
TOGETHER = 64
ANSWER = b"x" * 2_000
ROUTE = "POST /v1/chat/completions"


async def call(keeper: AnswerKeeper, keys: Iterable[str]) -> int:
    """Make the calls, and return how many had been answered before."""
    repeated = 0
    for key in keys:
        found = await keeper.claim(LOCAL_OWNER, route=ROUTE, key=key)
        if isinstance(found, KeyClaim):
            await keeper.keep(found, fingerprint=ANSWER[:32], status=200, headers=(), body=ANSWER)
        else:
            assert isinstance(found, KeptAnswer)
            repeated += 1
    return repeated


async def measure(label: str, keeper: AnswerKeeper, *, prefix: str, lanes: int, repeated: int) -> None:
    keys = [[f"{prefix}{number}" for number in range(lane, CALLS, lanes)] for lane in range(lanes)]
    began = time.perf_counter()
    assert sum(await asyncio.gather(*(call(keeper, each) for each in keys))) == repeated
    seconds = time.perf_counter() - began
    print(
        f"{label:<28} {lanes:>3} together  {CALLS / seconds:>7,.0f}/s   {1e3 * seconds * lanes / CALLS:6.2f} ms a call"
    )


async def main() -> None:
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="textnlp-") as folder:
        server = EmbeddedPostgres(Path(folder), clock=clock)
        dsn = await server.ensure_running()
        await upgrade(dsn)
        async with contextlib.aclosing(PostgresDatabase(dsn, clock=clock)) as database:
            keeper = AnswerKeeper(PostgresIdempotencyStore(database), clock=clock)
            for lanes in (1, TOGETHER):
                prefix = f"{lanes} "
                await measure("first call", keeper, prefix=prefix, lanes=lanes, repeated=0)
                await measure("repeated call", keeper, prefix=prefix, lanes=lanes, repeated=CALLS)
            await keeper.aclose()
        await server.release()


if __name__ == "__main__":
    asyncio.run(main())
