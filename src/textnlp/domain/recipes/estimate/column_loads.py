"""What each column asks for one row, from rendered prompts."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.estimate.asked_texts import AskedTexts, schema_text
from textnlp.domain.recipes.estimate.band import EstimateBand, Size, spanning
from textnlp.domain.recipes.estimate.lengths import REPLY_TOKENS, schema_tokens, text_tokens
from textnlp.domain.recipes.estimate.loads import MESSAGE_TOKENS, Load, prompted_load, speaker_loads, tool_load
from textnlp.domain.recipes.judge_columns import JudgingColumn, asks_a_judge, judges_of
from textnlp.domain.recipes.model_columns import (
    CodeColumn,
    ConversationColumn,
    EmbedColumn,
    Speaker,
    ToolCallsColumn,
)
from textnlp.domain.recipes.recipe import AskedColumn, Recipe

_ATTEMPTS = 3
_STORED_TEMPLATE_TOKENS = 200.0
_ROUNDS_EXPECTED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLoad:
    """What one column, one side of a conversation, or one judge of a panel asks for one row.

    Attributes:
        part: `user` or `assistant` for a side of a conversation; the alias for a judge of a panel.
        alias: the name of the model in the recipe; None for the column's default.
        calls: calls.
        calls_in_turn: calls that wait for one another.
        call_prompt_tokens: of one call in the mean.
        call_completion_tokens: of one call in the mean.
    """

    part: str | None
    alias: str | None
    calls: EstimateBand
    calls_in_turn: EstimateBand
    call_prompt_tokens: EstimateBand
    call_completion_tokens: EstimateBand


class ColumnLoads:
    """Works out the loads of columns; `notes` says where something had to be guessed.

    Args:
        filled: rows with a value for every column, for each size; at least one.
        lengths: the tokens that each column's model writes.
        count_tokens: counts the tokens of a text.
    """

    def __init__(
        self,
        recipe: Recipe,
        texts: AskedTexts,
        *,
        filled: Mapping[Size, Sequence[Mapping[str, Any]]],
        lengths: Mapping[str, EstimateBand],
        count_tokens: Callable[[str], int],
    ) -> None:
        self._recipe = recipe
        self._texts = texts
        self._filled = filled
        self._lengths = lengths
        self._count_tokens = count_tokens
        self.notes: list[str] = []

    def of(self, name: str, column: AskedColumn) -> tuple[PartLoad, ...]:
        """Return the loads of a column: two for a conversation, one for each judge, one for the others."""
        tokens = {size: self._mean_tokens(name, column, size) for size in Size}
        match column:
            case ConversationColumn():
                return self._sides(column, tokens)
            case ToolCallsColumn():
                loads = [self._traced(name, column, tokens[size], size) for size in Size]
            case _:
                loads = [self._prompted(name, column, tokens[size], size) for size in Size]
        if isinstance(column, JudgingColumn):
            return _judging(column, loads)
        alias = None if isinstance(column, EmbedColumn) else column.model
        return (_part(loads, alias=alias, part=None),)

    def _prompted(self, name: str, column: AskedColumn, tokens: Mapping[str, float], size: Size) -> Load:
        if isinstance(column, EmbedColumn):
            return Load(calls=1, prompt_tokens=tokens.get("prompt", 0.0), completion_tokens=0)
        return prompted_load(
            column.kind,
            prompt=sum(tokens.values()) + len(tokens) * MESSAGE_TOKENS + self._schema_tokens(column, size),
            completion=self._lengths[name].at(size),
            attempts=column.attempts if isinstance(column, CodeColumn) else _ATTEMPTS,
            size=size,
        )

    def _traced(self, name: str, column: ToolCallsColumn, tokens: Mapping[str, float], size: Size) -> Load:
        arguments = [schema_tokens(tool.parameters, max_tokens=None).at(size) for tool in column.tools.values()]
        return tool_load(
            prompt=sum(tokens.values()) + len(tokens) * MESSAGE_TOKENS + self._count_tokens(schema_text(column)),
            arguments=sum(arguments) / len(arguments),
            answer=self._lengths[name].at(size),
            rounds=(1, min(_ROUNDS_EXPECTED, column.max_calls), column.max_calls)[size],
            is_simulated=column.simulate,
        )

    def _sides(self, column: ConversationColumn, tokens: Mapping[Size, Mapping[str, float]]) -> tuple[PartLoad, ...]:
        most = column.max_turns
        turns = (1, math.ceil((1 + most) / 2), most) if column.stop else (most, most, most)
        aliases = {side: _speaks(column, speaker) for side, speaker in _speakers(column)}
        messages = {side: self._message_tokens(alias) for side, alias in aliases.items()}
        loads = [
            speaker_loads(
                systems=(tokens[size].get("user", 0.0), tokens[size].get("assistant", 0.0)),
                messages=(messages["user"].at(size), messages["assistant"].at(size)),
                opening=tokens[size].get("opening"),
                turns=turns[size],
            )
            for size in Size
        ]
        in_turn = spanning(*(2.0 * count for count in turns), expected=2.0 * turns[Size.EXPECTED])
        return tuple(
            _part([load[place] for load in loads], alias=alias, part=side, in_turn=in_turn)
            for place, (side, alias) in enumerate(aliases.items())
        )

    def _message_tokens(self, alias: str | None) -> EstimateBand:
        return text_tokens("", (), max_tokens=self._recipe.alias(alias).max_tokens, usual=REPLY_TOKENS)

    def _schema_tokens(self, column: AskedColumn, size: Size) -> float:
        """Return what the schema adds to a prompt; nothing at best, where the engine constrains the answer itself."""
        text = schema_text(column)
        return 0.0 if size is Size.LOW or not text else float(self._count_tokens(text))

    def _mean_tokens(self, name: str, column: AskedColumn, size: Size) -> dict[str, float]:
        sums: Counter[str] = Counter()
        rendered = 0
        reason = ""
        for row in self._filled[size]:
            try:
                texts = self._texts.render(column, row)
            except TextNLPError as error:
                reason = error.message
                continue
            rendered += 1
            sums.update({key: self._count_tokens(text) for key, text in texts.items()})
        if not self._texts.is_known(column):
            self._note(f"{name}: its stored template is not known here; {_STORED_TEMPLATE_TOKENS:.0f} tokens are taken")
            return {"prompt": _STORED_TEMPLATE_TOKENS}
        if not rendered:
            self._note(
                f"{name}: its prompt cannot be rendered with made-up values, so its own length is taken: {reason}"
            )
            return {key: float(self._count_tokens(text)) for key, text in self._texts.raw(column).items()}
        return {key: count / rendered for key, count in sums.items()}

    def _note(self, note: str) -> None:
        sentence = note if note.endswith(".") else f"{note}."
        if sentence not in self.notes:
            self.notes.append(sentence)


def _part(loads: list[Load], *, alias: str | None, part: str | None, in_turn: EstimateBand | None = None) -> PartLoad:
    calls = [load.calls for load in loads]
    prompts = [load.prompt_tokens / load.calls if load.calls else 0.0 for load in loads]
    completions = [load.completion_tokens / load.calls if load.calls else 0.0 for load in loads]
    call_band = spanning(*calls, expected=calls[Size.EXPECTED])
    return PartLoad(
        part=part,
        alias=alias,
        calls=call_band,
        calls_in_turn=in_turn or call_band,
        call_prompt_tokens=spanning(*prompts, expected=prompts[Size.EXPECTED]),
        call_completion_tokens=spanning(*completions, expected=completions[Size.EXPECTED]),
    )


def _judging(column: JudgingColumn, loads: list[Load]) -> tuple[PartLoad, ...]:
    """Return the loads of judges, who are asked all at once: only repairs wait for one another."""
    in_turn = spanning(*(load.calls for load in loads), expected=loads[Size.EXPECTED].calls)
    asked = [load.times(asks_a_judge(column)) for load in loads]
    return tuple(
        _part(asked, alias=alias, part=alias if column.models else None, in_turn=in_turn) for alias in judges_of(column)
    )


def _speakers(column: ConversationColumn) -> tuple[tuple[str, Speaker], ...]:
    return ("user", column.user), ("assistant", column.assistant)


def _speaks(column: ConversationColumn, speaker: Speaker) -> str | None:
    return speaker.model or column.model
