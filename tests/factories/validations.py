"""Validations in memory, and batches and generations whose answers are looked at."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.factories.memory_platform import memory_platform
from textnlp.application.validation_ports import ValidatedFile, ValidationPorts
from textnlp.application.work_validations import ValidationWorker
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.generation.model import Completion, FinishReason, Usage
from textnlp.domain.generation.record import GenerationRecord, encode_completions, result_path
from textnlp.domain.identifiers import new_batch_id, new_generation_id
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.summary import ValidationSummary
from textnlp.ports.meter import Meter

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOOD = "It boils two litres of water in three minutes."
REFUSAL = "As an AI, I cannot boil water."


def memory_validations(meter: Meter | None = None, **changes: Any) -> ValidationPorts:
    """Return ports of which everything is gone with the test."""
    return dataclasses.replace(memory_platform(meter=meter).validation_ports, **changes)


async def completed_batch(
    ports: ValidationPorts, texts: Sequence[str], *, checks: dict[str, Any] | None = None, tenant: str = "local"
) -> Batch:
    """Return a batch that has completed with these answers."""
    batch_id = new_batch_id(NOON)
    prefix = f"generations/batch/{batch_id}/"
    batch = Batch(
        id=batch_id,
        name="prompts.csv",
        state=BatchState.FINALIZING,
        spec=BatchSpec(model="scripted", checks=checks),
        created_at=NOON,
        tenant=tenant,
        output_prefix=prefix,
        slice_count=1,
    )
    await ports.ledger.create(batch)
    await put_answers(ports, batch, texts)
    return await ports.ledger.set_state(batch_id, BatchState.COMPLETED, at=NOON + HOUR)


async def put_answers(ports: ValidationPorts, batch: Batch, texts: Sequence[str]) -> None:
    """Store the answers of a batch."""
    lines = "".join(f'{{"id":"{number}","text":"{text}"}}\n' for number, text in enumerate(texts))
    await ports.blobs.put(f"{batch.output_prefix}generations.jsonl", lines.encode())


async def completed_generation(ports: ValidationPorts, texts: Sequence[str]) -> GenerationRecord:
    """Return a generation that has completed with these completions."""
    record = GenerationRecord(id=new_generation_id(NOON), model="scripted", created_at=NOON, tenant="t")
    await ports.generations.create(record)
    completions = [
        Completion(text=text, model="scripted", finish_reason=FinishReason.STOP, usage=Usage()) for text in texts
    ]
    await ports.blobs.put(result_path(record.id), encode_completions(completions))
    await ports.generations.complete(record.id, usage=Usage(), at=NOON + HOUR)
    return await ports.generations.get(record.id)


async def tell(ports: ValidationPorts, event_type: str, subject: str, *, message_id: str | None = None) -> None:
    """Put the event of an end into the validation queue."""
    body = f'{{"id":"{event_type}/{subject}","type":"{event_type}","subject":"{subject}"}}'
    await ports.queue.send(ports.queue_entity, [OutgoingMessage(body=body.encode(), message_id=message_id)])


@contextlib.asynccontextmanager
async def working(ports: ValidationPorts) -> AsyncGenerator[None]:
    """Run a worker while the block runs."""
    task = asyncio.create_task(ValidationWorker(ports).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def drained(ports: ValidationPorts) -> None:
    """Wait until the queue holds nothing that can be worked on."""
    async with asyncio.timeout(20):
        for entity in (ports.completions_entity, ports.queue_entity):
            while await ports.queue.peek(entity):  # noqa: ASYNC110  nothing tells of an empty queue
                await asyncio.sleep(0.01)


async def blobs_of(ports: ValidationPorts, prefix: str) -> dict[str, bytes]:
    """Return blobs by their path under a prefix."""
    paths = [each.path async for each in ports.blobs.entries(prefix)]
    return {path.removeprefix(prefix): await ports.blobs.get(path) for path in paths}


class PlannedValidator:
    """Does what a plan says, call by call, before it looks at the file in earnest; then only that."""

    def __init__(self, ports: ValidationPorts, *plan: Callable[[], None]) -> None:
        self._real = ports.validate_file
        self._plan = list(plan)
        self.calls = 0

    def __call__(
        self,
        source: Path,
        out: Path,
        *,
        checks: ChecksFile | None,
        name: str | None,
        at: datetime,
        on_progress: Callable[[ValidationSummary], None],
    ) -> ValidatedFile:
        """Satisfy `FileValidator`."""
        self.calls += 1
        if self._plan:
            self._plan.pop(0)()
        return self._real(source, out, checks=checks, name=name, at=at, on_progress=on_progress)
