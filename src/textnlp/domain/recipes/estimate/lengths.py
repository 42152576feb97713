"""How many tokens a model may write for a column, before it has written any."""

import math
from collections.abc import Sequence

from textnlp.domain.part import JsonSchema
from textnlp.domain.recipes.estimate.band import EstimateBand, Size, spanning
from textnlp.domain.recipes.estimate.made_values import json_characters, made_value
from textnlp.domain.recipes.judge_columns import JudgeColumn, JudgingColumn, PairwiseColumn, RankColumn, judges_of
from textnlp.domain.recipes.model_columns import EmbedColumn, StructuredColumn
from textnlp.domain.recipes.recipe import AskedColumn, Recipe
from textnlp.domain.validation.checks import Check, LengthCheck

TEXT_TOKENS = EstimateBand(low=16, expected=256, high=1_024)
"""A text about whose length nothing is said."""

REPLY_TOKENS = EstimateBand(low=8, expected=80, high=400)
"""A message of a conversation."""

REASON_TOKENS = EstimateBand(low=8, expected=35, high=120)
"""The reason that a judge gives for one score."""

CODE_TOKENS = EstimateBand(low=24, expected=250, high=1_200)
"""A program about whose length nothing is said."""

CHARACTERS_A_TOKEN = 4.0
"""Of a tokenizer that is not known."""

_USUAL = {"code": CODE_TOKENS, "conversation": REPLY_TOKENS, "tool_calls": REPLY_TOKENS}

_CHARACTERS_A_WORD = 6.0
_SCORE_TOKENS = 14
_USED_SHARE = 0.6
_ABOVE_LEAST = 1.5
_OVERSHOOT = 1.25


def completion_tokens(recipe: Recipe, *, characters_a_token: float = CHARACTERS_A_TOKEN) -> dict[str, EstimateBand]:
    """Return for every column that a model writes the length of one answer, or of one message of a conversation."""
    found: dict[str, EstimateBand] = {}
    for name, column in recipe.columns.items():
        if not isinstance(column, AskedColumn) or isinstance(column, EmbedColumn):
            continue
        limit = _limit_of(recipe, column)
        match column:
            case StructuredColumn():
                schema = column.json_schema
                found[name] = schema_tokens(schema, max_tokens=limit, characters_a_token=characters_a_token)
            case JudgeColumn() | PairwiseColumn() | RankColumn():
                found[name] = judge_tokens(column, max_tokens=limit)
            case _:
                usual = _USUAL.get(column.kind, TEXT_TOKENS)
                found[name] = text_tokens(
                    name, recipe.checks, max_tokens=limit, usual=usual, characters_a_token=characters_a_token
                )
    return found


def text_tokens(
    column: str,
    checks: Sequence[Check],
    *,
    max_tokens: int | None,
    usual: EstimateBand = TEXT_TOKENS,
    characters_a_token: float = CHARACTERS_A_TOKEN,
) -> EstimateBand:
    """Return the length of a text from the length checks of its column and the token limit.

    Answers may be somewhat longer than a check allows, because they are paid for all the same; none is longer than
    the limit. With a limit alone three fifths of it are expected at most.
    """
    least, most = (bound / characters_a_token for bound in _checked_characters(column, checks))
    limit = float(max_tokens or math.inf)
    if least:
        middle = (least + most) / 2 if most else _ABOVE_LEAST * least
    else:
        middle = min(usual.expected, _USED_SHARE * (most or limit))
    high = most * _OVERSHOOT if most else (max_tokens or max(usual.high, 2 * middle))
    high = min(high, limit)
    middle = min(middle, high)
    return EstimateBand(low=min(least or usual.low, middle), expected=middle, high=high)


def schema_tokens(
    schema: JsonSchema, *, max_tokens: int | None, characters_a_token: float = CHARACTERS_A_TOKEN
) -> EstimateBand:
    """Return the length of an answer that satisfies a schema, as compact JSON."""
    low, expected, high = (json_characters(made_value(schema, size)) / characters_a_token for size in Size)
    return _limited(spanning(low, high, expected=expected), max_tokens)


def judge_tokens(column: JudgingColumn, *, max_tokens: int | None) -> EstimateBand:
    """Return the length of one answer of a judge: name, mark and reason for every score; one reason for the others."""
    count = len(column.scores) if isinstance(column, JudgeColumn) else 1
    scores = EstimateBand(
        low=count * (_SCORE_TOKENS + REASON_TOKENS.low),
        expected=count * (_SCORE_TOKENS + REASON_TOKENS.expected),
        high=count * (_SCORE_TOKENS + REASON_TOKENS.high),
    )
    return _limited(scores, max_tokens)


def _limit_of(recipe: Recipe, column: AskedColumn) -> int | None:
    """Return the token limit of an answer, the highest of a panel's; None where there is none."""
    aliases = judges_of(column) if isinstance(column, JudgingColumn) else (column.model,)
    limits = [recipe.alias(alias).max_tokens for alias in aliases]
    return None if None in limits else max(limit for limit in limits if limit is not None)


def _limited(band: EstimateBand, max_tokens: int | None) -> EstimateBand:
    return band.at_most(float(max_tokens)) if max_tokens else band


def _checked_characters(column: str, checks: Sequence[Check]) -> tuple[float, float]:
    """Return the bounds of a column's characters that follow from its checks; 0 for one that there is not."""
    least, most = 0.0, 0.0
    for check in checks:
        if not isinstance(check, LengthCheck) or check.column != column:
            continue
        floors = (check.min_characters or 0, (check.min_words or 0) * _CHARACTERS_A_WORD)
        least = max(least, *floors)
        for ceiling in (check.max_characters, check.max_words and check.max_words * _CHARACTERS_A_WORD):
            if ceiling:
                most = min(most, ceiling) if most else float(ceiling)
    return least, max(most, least) if most else 0.0
