"""A process that locks a message of `orders` and then does nothing until it is killed.

Arguments: the database's address, the namespace.
"""

import asyncio
import sys

from tests.contract.job_queue_cases import postgres_queue
from textnlp.adapters.clock.system import SystemClock


async def _main(url: str, namespace: str) -> None:
    async with postgres_queue(url, SystemClock(), namespace=namespace) as queue:
        messages = await queue.receive("orders")
        sys.stdout.write(f"locked {len(messages)}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
