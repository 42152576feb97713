"""The double in a process of its own, to be killed: prints the port, and ends when its standard input does."""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.doubles.service_bus.server import ServiceBusDouble
from tests.doubles.service_bus.terms import declared_namespace
from textnlp.adapters.clock.system import SystemClock
from textnlp.topology.catalog import TOPOLOGY


async def serve(file: Path | None, *, port: int, lock_seconds: float | None) -> None:
    """Listen until the standard input ends; what `file` holds is never behind what was acknowledged."""
    namespace = declared_namespace(TOPOLOGY, lock_seconds=lock_seconds)
    double = ServiceBusDouble(namespace, clock=SystemClock(), file=file, is_durable=True, port=port)
    await double.start()
    print(double.port, flush=True)  # noqa: T201  whoever started it reads it
    await asyncio.to_thread(sys.stdin.read)
    await double.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--lock-seconds", type=float)
    asked = parser.parse_args()
    asyncio.run(serve(asked.file, port=asked.port, lock_seconds=asked.lock_seconds))
