import dataclasses
import json

import pytest

from tests.factories.memory_platform import MODEL, memory_ports
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.application import take_in_blob as under_test
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.send_slices import queued_slices
from textnlp.application.take_in_blob import take_in_blob
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.errors import ErrorKind, TextNLPError

PATH = "prompts/batch/file.txt"


async def taken(ports: BatchPorts) -> Batch | None:
    spec = BatchSpec(model=MODEL, endpoint="memory")
    return await take_in_blob(ports, PATH, spec=spec, open_source=open_prompt_file, slice_rows=2)


async def required(ports: BatchPorts) -> Batch:
    batch = await taken(ports)
    assert batch is not None
    return batch


async def test_a_file_that_is_told_of_twice_is_one_batch_whose_slices_are_queued_once() -> None:
    ports = memory_ports()
    await ports.blobs.put(PATH, b"One\nTwo\nThree\nFour\nFive\n")
    first, second = await required(ports), await required(ports)
    assert first.id == second.id
    assert first.state is BatchState.RUNNING
    messages = await ports.queue.peek(ports.queue_entity)
    assert [message.message_id for message in messages] == [f"{first.id}/{index}/0" for index in range(3)]


async def test_a_process_that_died_before_its_slices_were_sent_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = memory_ports()
    await ports.blobs.put(PATH, b"One\nTwo\nThree\n")

    class DyingQueue:
        async def send(self, *_: object) -> list[int]:
            raise TextNLPError("The queue is away.", kind=ErrorKind.UNAVAILABLE)

    with pytest.raises(TextNLPError):
        await taken(dataclasses.replace(ports, queue=DyingQueue()))  # pyright: ignore[reportArgumentType]  sends only
    batch = await required(ports)
    assert await queued_slices(ports) == {(batch.id, 0), (batch.id, 1)}


async def test_a_file_without_a_prompt_is_put_aside_with_the_reason_beside_it() -> None:
    ports = memory_ports()
    await ports.blobs.put(PATH, b"\n")
    batch = await required(ports)
    assert batch.state is BatchState.FAILED
    paths = sorted([blob.path async for blob in ports.blobs.entries("prompts/")])
    assert paths == [f"prompts/quarantine/{batch.id}/file.txt", f"prompts/quarantine/{batch.id}/file.txt.reason.json"]
    assert json.loads(await ports.blobs.get(paths[1]))["code"] == "invalid_input"
    assert await taken(ports) is None


async def test_what_no_further_attempt_can_mend_fails_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = memory_ports()
    await ports.blobs.put(PATH, b"One\n")

    async def fail(*_: object, **__: object) -> Batch:
        raise TextNLPError("The ledger does not balance.", kind=ErrorKind.INTERNAL)

    monkeypatch.setattr(under_test, "ingest_blob", fail)
    batch = await required(ports)
    assert (batch.state, batch.reason) == (BatchState.FAILED, "The ledger does not balance.")
