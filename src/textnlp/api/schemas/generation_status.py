"""A generation that is written later, as it stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

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
    choices: list[GenerationChoice] | None = None
    deployment: str | None = None
    code: str | None = None
    detail: str | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "gen_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "state": "completed",
        "model": "smollm2-135m",
        "created_at": "2026-03-01T12:00:00Z",
        "finished_at": "2026-03-01T12:00:02Z",
        "text": "It boils in two minutes, pours without a drip and has not failed me once.",
        "finish_reason": "stop",
        "usage": UsageRead.EXAMPLE,
    }
    QUEUED: ClassVar[dict[str, Any]] = {
        "id": "gen_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "state": "queued",
        "model": "smollm2-135m",
        "created_at": "2026-03-01T12:00:00Z",
    }


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
        status.deployment = completions[0].deployment or None
    return status
