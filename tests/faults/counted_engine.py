"""The engine double, counting its calls in a file, where no kill can lose one.

    python -m tests.faults.counted_engine PORT LATENCY_SECONDS FILE

Prints its port once it listens.
"""

import asyncio
import mmap
import sys
from pathlib import Path

from tests.doubles.openai_server import OpenAIStub, StubOptions

COUNTER_BYTES = 8


class CountedStub(OpenAIStub):
    """Counts every call in `counter`, too."""

    def __init__(self, options: StubOptions, counter: mmap.mmap) -> None:
        super().__init__(options)
        self._counter = counter

    def admit(self, prompt: str) -> str:
        count = int.from_bytes(self._counter[:COUNTER_BYTES], "little")
        self._counter[:COUNTER_BYTES] = (count + 1).to_bytes(COUNTER_BYTES, "little")
        return super().admit(prompt)


async def serve(port: int, latency_seconds: float, counter: mmap.mmap) -> None:
    stub = CountedStub(StubOptions(latency_seconds=latency_seconds), counter)
    await stub.start(port=port)
    sys.stdout.write(f"{stub.base_url.split(':')[2].split('/')[0]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with Path(sys.argv[3]).open("r+b") as file:
        asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), mmap.mmap(file.fileno(), COUNTER_BYTES)))
