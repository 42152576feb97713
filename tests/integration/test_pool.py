import asyncio
import contextlib

import pytest

from textnlp.adapters.database.pool import PostgresDatabase


async def test_a_connection_looks_into_the_platforms_schema_and_speaks_utc(database: PostgresDatabase) -> None:
    async with database.connection() as connection:
        found = await (await connection.execute("select current_schema(), current_setting('timezone')")).fetchone()
    assert found == ("textnlp", "UTC")


async def test_a_cancellation_that_the_pool_loses_is_not_lost(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = database._pool  # pyright: ignore[reportPrivateUsage]  the fault is one of the pool's own
    take = pool.getconn

    async def take_in_spite_of_it(timeout: float | None = None) -> object:  # noqa: ASYNC109  the pool's signature
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        return await take(timeout)

    async def use() -> None:
        async with database.connection():
            pytest.fail("the caller had been cancelled")

    async with database.connection():
        pass
    monkeypatch.setattr(pool, "getconn", take_in_spite_of_it)
    using = asyncio.create_task(use())
    await asyncio.sleep(0)
    using.cancel()
    await asyncio.wait([using])
    assert using.cancelled()
    monkeypatch.undo()
    assert pool.get_stats()["pool_available"] == pool.get_stats()["pool_size"]
