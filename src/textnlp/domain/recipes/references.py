"""What a column refers to, and where in the recipe it does so."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from textnlp.domain.errors import TextNLPError
from textnlp.domain.recipes.judge_columns import JudgeColumn, PairwiseColumn, RankColumn
from textnlp.domain.recipes.model_columns import ConversationColumn, EmbedColumn, PromptColumn, TextColumn
from textnlp.domain.recipes.recipe import Column
from textnlp.domain.recipes.sampler_columns import PickColumn, SubcategoryColumn, TimedeltaColumn
from textnlp.domain.recipes.step_columns import (
    ExpandStep,
    ExpressionColumn,
    FilterStep,
    PythonColumn,
    SubsampleStep,
    ValidateColumn,
)
from textnlp.domain.templates.condition import Condition
from textnlp.domain.templates.template import variables_of
from textnlp.domain.validation.checks import Check, ConditionCheck
from textnlp.domain.validation.leakage_check import LeakageCheck
from textnlp.domain.validation.outside_checks import DecontaminationCheck, HttpCheck, PythonCheck
from textnlp.domain.validation.text_checks import PromptLeakCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Names that one part of a recipe refers to.

    Attributes:
        place: the part within its column or check, such as `prompt` or `scores.clarity.description`.
    """

    place: str
    names: frozenset[str]


def references_of(column: Column) -> list[Reference]:
    """Return what a column or step refers to; a stored template is not looked into.

    Raises `INVALID_INPUT` for a template or condition that is none, with its place in the column as `field`.
    """
    found = [_named(place, name) for place, name in _names(column)]
    found += [_in_text(place, text, variables_of) for place, text in _templates(column) if text]
    when = column.where if isinstance(column, FilterStep) else getattr(column, "when", None)
    if when:
        found.append(_in_text("where" if isinstance(column, FilterStep) else "when", when, condition_names))
    if isinstance(column, ValidateColumn):
        for index, check in enumerate(column.checks):
            found += _of_check(check, f"checks[{index}].")
    return found


def references_of_check(check: Check) -> list[Reference]:
    """Return what a check of the recipe refers to."""
    return _of_check(check, "")


def condition_names(text: str) -> frozenset[str]:
    """Return the names in a condition; raises `INVALID_INPUT` where it is none."""
    return Condition(text).names


def _of_check(check: Check, place: str) -> list[Reference]:
    match check:
        case ConditionCheck():
            return [_in_text(f"{place}where", check.where, condition_names)]
        case LeakageCheck():
            return [*_listed(f"{place}columns", check.columns), *_listed(f"{place}sources", check.sources)]
        case HttpCheck() | PythonCheck() | DecontaminationCheck():
            return _listed(f"{place}columns", check.columns)
        case PromptLeakCheck() if check.source_column:
            return [_named(f"{place}column", check.column), _named(f"{place}source_column", check.source_column)]
        case _:
            return [_named(f"{place}column", check.column)]


def _listed(place: str, names: Sequence[str]) -> list[Reference]:
    return [_named(f"{place}[{index}]", name) for index, name in enumerate(names)]


def _in_text(place: str, text: str, names_in: Callable[[str], frozenset[str]]) -> Reference:
    try:
        return Reference(place=place, names=names_in(text))
    except TextNLPError as error:
        facts = dataclasses.replace(error.facts, field=place)
        raise TextNLPError(error.message, kind=error.kind, facts=facts) from error


def _named(place: str, name: str) -> Reference:
    return Reference(place=place, names=frozenset({name}))


def _names(column: Column) -> Iterator[tuple[str, str]]:
    """Yield the columns that are named outright."""
    match column:
        case SubcategoryColumn():
            yield "of", column.of
        case TimedeltaColumn() | SubsampleStep():
            yield "after", column.after
        case PickColumn() if column.column:
            yield "column", column.column
        case ExpandStep():
            yield "column", column.column
        case PairwiseColumn():
            yield from (("first", column.first), ("second", column.second))
        case RankColumn():
            yield from ((f"columns[{index}]", name) for index, name in enumerate(column.columns))
        case PythonColumn():
            yield from ((f"inputs[{index}]", name) for index, name in enumerate(column.inputs))
        case _:
            return


def _templates(column: Column) -> Iterator[tuple[str, str | None]]:
    """Yield the templates of a column, by their place in it."""
    if isinstance(column, PromptColumn):
        yield from (("prompt", column.prompt), ("system", column.system))
    match column:
        case TextColumn():
            yield "prefill", column.prefill
        case JudgeColumn():
            for name, score in column.scores.items():
                yield f"scores.{name}.description", score.description
        case EmbedColumn():
            yield "text", column.text
        case ConversationColumn():
            yield "user.system", column.user.system
            yield "assistant.system", column.assistant.system
            yield "opening", column.opening
        case ExpressionColumn():
            yield "value", column.value
        case _:
            return
