"""A generation that is written later, as it stands."""

from datetime import datetime

import msgspec

from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.generation.model import Completion, FinishReason
from textnlp.domain.generation.record import GenerationRecord, GenerationState


class GenerationStatus(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a generation stands.

    Attributes:
        text, finish_reason, usage: the completion, once the state is `completed`.
        deployment: the one that answered, where the model is an alias of several.
        code, detail: why there is none, once the state is `failed`.
    """

    id: str
    state: GenerationState
    model: str
    created_at: datetime
    finished_at: datetime | None = None
    text: str | None = None
    finish_reason: FinishReason | None = None
    usage: UsageRead | None = None
    deployment: str | None = None
    code: str | None = None
    detail: str | None = None


def read_status(record: GenerationRecord, completion: Completion | None) -> GenerationStatus:
    """Show a generation, with its completion where it has one."""
    status = GenerationStatus(
        id=record.id,
        state=record.state,
        model=record.model,
        created_at=record.created_at,
        finished_at=record.finished_at,
        code=None if record.code is None else record.code.value,
        detail=record.message,
    )
    if completion is not None:
        status.text = completion.text
        status.finish_reason = completion.finish_reason
        status.deployment = completion.deployment or None
        status.usage = read_usage(completion.usage)
    return status
