"""What a column asks, as texts whose tokens can be counted."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from textnlp.domain.judging.questions import compared_text, pair_question, pair_schema, rank_question, rank_schema
from textnlp.domain.recipes.judge_columns import JudgeColumn, PairwiseColumn, RankColumn
from textnlp.domain.recipes.model_columns import (
    ConversationColumn,
    EmbedColumn,
    PromptColumn,
    StructuredColumn,
    TextColumn,
    ToolCallsColumn,
)
from textnlp.domain.recipes.recipe import AskedColumn
from textnlp.domain.templates.compiled import CompiledTemplate
from textnlp.domain.templates.template import PromptTemplate

Compiled = Callable[[str], PromptTemplate]


class AskedTexts:
    """Renders the texts of a column.

    Args:
        compiled: reads a template, each once.
        templates: stored templates by `name@version`.
    """

    def __init__(self, compiled: Compiled, templates: Mapping[str, CompiledTemplate]) -> None:
        self._compiled = compiled
        self._templates = templates

    def render(self, column: AskedColumn, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the texts by what they are.

        That is `prompt`, `system`, `prefill`, `rubric.NAME`, `compared`, `user`, `assistant` and `opening`. Raises
        `INVALID_INPUT` where a template cannot be rendered with the row, or there is nothing to compare; a stored
        template that is not known gives no texts.
        """
        match column:
            case EmbedColumn():
                return {"prompt": self._compiled(column.text).render(row)}
            case ConversationColumn():
                parts = {
                    "user": column.user.system,
                    "assistant": column.assistant.system,
                    "opening": column.opening,
                }
                return {name: self._compiled(text).render(row) for name, text in parts.items() if text}
            case _:
                return dict(self._prompted(column, row))

    def raw(self, column: AskedColumn) -> dict[str, str]:
        """Return the texts as they stand in the recipe, for a column that cannot be rendered."""
        names = ("prompt", "system", "prefill", "opening", "text")
        found = {name: getattr(column, name, None) for name in names}
        if isinstance(column, ConversationColumn):
            found |= {"user": column.user.system, "assistant": column.assistant.system}
        return {("prompt" if name == "text" else name): text for name, text in found.items() if text}

    def is_known(self, column: AskedColumn) -> bool:
        """Whether the column's stored template, where it has one, is known."""
        return not isinstance(column, PromptColumn) or column.template is None or column.template in self._templates

    def _prompted(self, column: PromptColumn, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if column.template is not None and (stored := self._templates.get(column.template)):
            rendered = stored.render(row)
            yield "prompt", rendered.prompt
            if rendered.system and column.system is None:
                yield "system", rendered.system
        if column.prompt is not None:
            yield "prompt", self._compiled(column.prompt).render(row)
        if column.system is not None:
            yield "system", self._compiled(column.system).render(row)
        match column:
            case TextColumn() if column.prefill:
                yield "prefill", self._compiled(column.prefill).render(row)
            case JudgeColumn():
                for name, score in column.scores.items():
                    marks = "\n".join(f"{mark}: {meaning}" for mark, meaning in score.scale.items())
                    yield f"rubric.{name}", f"{name}: {self._compiled(score.description).render(row)}\n{marks}"
            case PairwiseColumn():
                texts = [compared_text(row, name) for name in (column.first, column.second)]
                yield "compared", pair_question(texts, ties=column.ties)
            case RankColumn():
                yield "compared", rank_question([compared_text(row, name) for name in column.columns])
            case _:
                return


def schema_text(column: AskedColumn) -> str:
    """Return the schema or the tools that go along with each call; empty where there are none."""
    match column:
        case StructuredColumn():
            return _compact(column.json_schema)
        case JudgeColumn():
            mark = {"type": "object", "properties": {"score": {"type": "integer"}, "reason": {"type": "string"}}}
            return _compact({"type": "object", "properties": dict.fromkeys(column.scores, mark)})
        case PairwiseColumn():
            return _compact(pair_schema(ties=column.ties))
        case RankColumn():
            return _compact(rank_schema(len(column.columns)))
        case ToolCallsColumn():
            return _compact(
                [
                    {"name": name, "description": tool.description, "parameters": tool.parameters}
                    for name, tool in column.tools.items()
                ]
            )
        case _:
            return ""


def _compact(value: object) -> str:
    return msgspec.json.encode(value).decode()
