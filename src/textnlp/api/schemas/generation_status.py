"""A generation that is written later, as it stands."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from textnlp.api.schemas.generation import GenerationChoice, read_choices
from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.generation.model import Completion, FinishReason, usage_of
from textnlp.domain.generation.record import GenerationRecord, GenerationState


class GenerationStatus(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a generation stands.

    Attributes:
        text, finish_reason: the first completion, once the state is `completed`.
        usage: tokens of all completions together.
        choices: all completions, as many as `n` asked for.
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
    choices: list[GenerationChoice] | None = None
    code: str | None = None
    detail: str | None = None


def read_status(record: GenerationRecord, completions: Sequence[Completion]) -> GenerationStatus:
    """Show a generation, with its completions where it has any."""
    status = GenerationStatus(
        id=record.id,
        state=record.state,
        model=record.model,
        created_at=record.created_at,
        finished_at=record.finished_at,
        code=None if record.code is None else record.code.value,
        detail=record.message,
    )
    if completions:
        status.text = completions[0].text
        status.finish_reason = completions[0].finish_reason
        status.usage = read_usage(usage_of(completions))
        status.choices = read_choices(completions)
    return status
