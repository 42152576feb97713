from datetime import timedelta

import psycopg
import pytest

from tests.contract.job_queue_cases import message, new_namespace, postgres_queue
from tests.doubles.clock import ManualClock
from textnlp.adapters.queues import postgres_statements as sql

pytestmark = pytest.mark.postgres


async def test_the_line_is_walked_along_its_index_even_while_statistics_say_there_is_nothing(
    database_url: str,
) -> None:
    clock = ManualClock()
    async with postgres_queue(database_url, clock, namespace=new_namespace()) as queue:
        for _ in range(10):
            await queue.send("orders", [message("a") for _ in range(500)])
    given = {
        "entity": 1,
        "now": clock.now(),
        "until": clock.now() + timedelta(seconds=60),
        "token": 1,
        "holder": 1,
        "count": 10,
    }
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute("set local search_path = textnlp")
        for table in ("orders", "orders/$deadletterqueue"):
            query = "select id from queue_entities where name = %s"
            (given["entity"],) = await (await connection.execute(query, (table,))).fetchone() or (0,)
            await connection.execute(sql.PROBE, given)
            plan = "\n".join(
                row[0] for row in await (await connection.execute("explain " + sql.RECEIVE, given)).fetchall()
            )
            assert "Index Scan using queue_messages_line" in plan
            assert "Sort" not in plan
