"""What goes wrong while a batch is under way: a worker is killed, then the queue."""

from dataclasses import dataclass

from tests.azure_loopback.caller import Caller
from tests.azure_loopback.processes import ServedProcess
from tests.doubles.service_bus_process import ServiceBusProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """Kills both once, the queue when the second worker has got as far as the first."""

    caller: Caller
    worker: ServedProcess
    service_bus: ServiceBusProcess
    rows: int

    async def __call__(self, batch_id: str) -> list[str]:
        """Do it in the course of the batch; return what was done, in sentences."""
        third = self.rows // 3
        done = await self._accepted(batch_id, third)
        await self.worker.kill()
        await self.worker.start()
        await self.worker.ready()
        again = await self._accepted(batch_id, done + third // 2)
        assert again < self.rows, "the batch had ended before the queue could be killed"
        await self.service_bus.kill()
        await self.service_bus.start()
        return [
            f"killed: {self.worker.name}, with SIGKILL, after {done:,} rows; another one began",
            f"killed: the queue, with SIGKILL, after {again:,} rows; it came back with its file",
        ]

    async def _accepted(self, batch_id: str, rows: int) -> int:
        """Wait for so many rows, and return how many there are."""
        shown = await self.caller.until(
            f"/api/v1/batches/{batch_id}", lambda shown: shown["counts"]["accepted"] >= rows
        )
        return shown["counts"]["accepted"]
