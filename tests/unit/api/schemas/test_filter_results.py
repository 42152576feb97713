"""What a content filter found, in the answers of both families of routes, whole and streamed."""

import json
from datetime import UTC, datetime
from typing import Any

from textnlp.api.schemas.generation import read_generation
from textnlp.api.schemas.generation_chunk import ChunkWriter
from textnlp.api.schemas.openai_chunk import ChatChunkWriter
from textnlp.api.schemas.openai_completion import encode_chat_completion
from textnlp.domain.filter_verdict import FilteredPart, FilterVerdict
from textnlp.domain.generation.model import Completion, FinishReason, as_chunk

ASKED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
VERDICTS = (
    FilterVerdict(part=FilteredPart.PROMPT, category="jailbreak"),
    FilterVerdict(part=FilteredPart.ANSWER, category="hate", severity="high", is_stopped=True),
)
STOPPED = Completion(text="Hi", model="m", finish_reason=FinishReason.CONTENT_FILTER, verdicts=VERDICTS)
CLEAN = Completion(text="Hi", model="m", finish_reason=FinishReason.STOP)
OWN = {"hate": {"filtered": True, "severity": "high"}}
PROMPTS = [{"prompt_index": 0, "content_filter_results": {"jailbreak": {"filtered": False, "detected": True}}}]
TOLD = [
    {"part": "prompt", "category": "jailbreak", "is_stopped": False},
    {"part": "answer", "category": "hate", "severity": "high", "is_stopped": True},
]


def whole(completion: Completion) -> dict[str, Any]:
    return json.loads(encode_chat_completion("chatcmpl-1", [completion], asked_at=ASKED_AT))


def streamed(completion: Completion) -> dict[str, Any]:
    writer = ChatChunkWriter("chatcmpl-1", model="m", asked_at=ASKED_AT, includes_usage=False)
    return json.loads(writer.piece(0, as_chunk(completion)))


def test_openais_shapes_carry_it_as_azure_does() -> None:
    for answer in (whole(STOPPED), streamed(STOPPED)):
        assert answer["prompt_filter_results"] == PROMPTS
        assert answer["choices"][0]["content_filter_results"] == OWN
    for answer in (whole(CLEAN), streamed(CLEAN)):
        assert "prompt_filter_results" not in answer
        assert "content_filter_results" not in answer["choices"][0]


def test_generations_carry_verdicts() -> None:
    read = read_generation("gen_1", [STOPPED], is_structured=False)
    assert [(each.part, each.category, each.is_stopped) for each in read.choices[0].verdicts] == [
        ("prompt", "jailbreak", False),
        ("answer", "hate", True),
    ]
    piece = json.loads(ChunkWriter("gen_1", model="m", asked_at=ASKED_AT).text(0, as_chunk(STOPPED)))
    assert piece["choices"][0]["verdicts"] == TOLD
    clean = json.loads(ChunkWriter("gen_1", model="m", asked_at=ASKED_AT).text(0, as_chunk(CLEAN)))
    assert "verdicts" not in clean["choices"][0]
