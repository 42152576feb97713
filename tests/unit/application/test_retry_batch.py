import pytest

from tests.factories.memory_platform import CLOCK, memory_ports
from textnlp.application.retry_batch import retry_batch
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import new_batch_id


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (BatchSpec(model="m", is_job=True), "was created under /v1/batches"),
        (BatchSpec(model="m"), "is ingesting"),
    ],
)
async def test_what_cannot_be_asked_again_is_refused_with_the_reason(spec: BatchSpec, said: str) -> None:
    ports = memory_ports()
    now = CLOCK.now()
    batch = Batch(id=new_batch_id(now), name="a", state=BatchState.INGESTING, spec=spec, created_at=now)
    await ports.ledger.create(batch)
    with pytest.raises(TextNLPError, match=said) as caught:
        await retry_batch(ports, batch.id)
    assert caught.value.kind is ErrorKind.CONFLICT
