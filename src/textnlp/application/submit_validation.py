"""Accept a file of rows that a worker looks at."""

from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.identifiers import new_validation_id
from textnlp.domain.identity.tenant import Owner
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationKind
from textnlp.domain.validation.validation_order import encode_order


async def submit_validation(
    ports: ValidationPorts, source: str, *, name: str, checks: JsonObject | None, owner: Owner
) -> StoredValidation:
    """Note a validation of the blob `source` and queue it; it is `owner`'s.

    Where it cannot be queued it is noted as failed, and the error raised.
    """
    now = ports.clock.now()
    validation = StoredValidation(
        id=new_validation_id(now),
        kind=ValidationKind.FILE,
        name=name,
        source=source,
        asked_at=now,
        tenant=owner.tenant,
        caller=owner.caller,
        checks=checks,
    )
    stored = await ports.store.begin(validation)
    try:
        await ports.queue.send(ports.queue_entity, [encode_order(stored.id)])
    except TextNLPError as error:
        await ports.store.fail(stored, reason=error.full_text, at=ports.clock.now())
        raise
    return stored
