"""An estimate that stands on rows that were made, instead of on assumptions."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from textnlp.domain.recipes.estimate.band import EstimateBand, exactly, mean_interval, wilson_share
from textnlp.domain.recipes.estimate.model import ColumnEstimate, RecipeEstimate

_LENGTH_VARIATION = 0.5
_TIME_VARIATION = 1.0
_CALLS_VARIATION = 0.5
_LEAST_SHARE = 0.1
_TOPICS = "topics"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFigures:
    """What one column asked while the probe's rows were made; answers that were reused count as calls.

    Attributes:
        seconds: times from call to answer, added up; 0 where they were not taken.
    """

    calls: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFigures:
    """What was measured while some rows were made.

    Attributes:
        candidates: candidates that were finished.
        rows: rows that they gave, whatever became of them; a candidate that gave none counts as one.
        accepted: rows among them that were good.
        columns: by column, or by column and part (`chat.user`) where the sides of a conversation are told apart.
    """

    candidates: int
    rows: int
    accepted: int
    columns: Mapping[str, ColumnFigures] = field(default_factory=dict[str, ColumnFigures])


def refine(estimate: RecipeEstimate, probe: ProbeFigures) -> RecipeEstimate:
    """Return the estimate with what the probe measured in the place of what was assumed.

    The pass rate gets its Wilson interval of 95%. A column's calls follow from its calls for each finished row, so
    that conditions, filters, expand steps and repairs are in them. Means of tokens and of times get intervals for
    coefficients of variation of 0.5 and 1. Each is cut to the band it had, where that held the measured value.
    Columns without figures keep their bands for each row, with the measured pass rate; so does everything where no
    row was finished.

    Raises `ValueError` for more accepted rows than finished ones.
    """
    pass_rate = _pass_rate(estimate, probe)
    if probe.rows == 0:
        note = "No row was finished beforehand, so nothing was measured."
        return dataclasses.replace(estimate, notes=(*estimate.notes, note))
    rows_a_candidate = probe.rows / max(1, probe.candidates)
    finished = exactly(float(estimate.rows)).over(pass_rate).at_most(estimate.most_candidates * rows_a_candidate)
    columns = tuple(
        _refined(each, estimate, probe, finished=finished, pass_rate=pass_rate) for each in estimate.columns
    )
    is_measured = all(_figures_of(each, estimate, probe) for each in estimate.columns if each.kind != _TOPICS)
    return dataclasses.replace(
        estimate,
        pass_rate=pass_rate,
        candidates=finished.times(1 / rows_a_candidate),
        columns=columns,
        notes=(*(() if is_measured else estimate.notes), _summary(probe)),
        probe_rows=probe.rows,
    )


def _pass_rate(estimate: RecipeEstimate, probe: ProbeFigures) -> EstimateBand:
    """Return the measured pass rate; where no row passed, half of what could still be, and a tenth of that at least."""
    if probe.rows == 0:
        return estimate.pass_rate
    measured = wilson_share(probe.accepted, probe.rows)
    expected = measured.expected or measured.high / 2
    return EstimateBand(
        low=max(measured.low, _LEAST_SHARE * expected), expected=expected, high=max(measured.high, expected)
    )


def _refined(
    column: ColumnEstimate,
    estimate: RecipeEstimate,
    probe: ProbeFigures,
    *,
    finished: EstimateBand,
    pass_rate: EstimateBand,
) -> ColumnEstimate:
    figures = _figures_of(column, estimate, probe)
    if figures is None:
        return column if column.kind == _TOPICS else _rescaled(column, estimate, pass_rate)
    calls = figures.calls
    a_row = calls / probe.rows
    whole = (
        wilson_share(calls, probe.rows)
        if a_row <= 1
        else mean_interval(a_row, count=probe.rows, variation=_CALLS_VARIATION)
    )
    refined = dataclasses.replace(column, calls=column.calls.narrowed(finished.times(whole)))
    if not calls:
        return refined
    prompt = mean_interval(figures.prompt_tokens / calls, count=calls, variation=_LENGTH_VARIATION)
    completion = mean_interval(figures.completion_tokens / calls, count=calls, variation=_LENGTH_VARIATION)
    seconds = mean_interval(figures.seconds / calls, count=calls, variation=_TIME_VARIATION)
    return dataclasses.replace(
        refined,
        call_prompt_tokens=column.call_prompt_tokens.narrowed(prompt),
        call_completion_tokens=column.call_completion_tokens.narrowed(completion),
        call_seconds=column.call_seconds.narrowed(seconds) if figures.seconds else column.call_seconds,
    )


def _figures_of(column: ColumnEstimate, estimate: RecipeEstimate, probe: ProbeFigures) -> ColumnFigures | None:
    """Return a column's figures; those of a conversation as a whole are shared out as its sides were expected to."""
    if column.key in probe.columns:
        return probe.columns[column.key]
    whole = probe.columns.get(column.column)
    if whole is None:
        return None
    sides = [each for each in estimate.columns if each.column == column.column]

    def part(amount: float, mine: float, all_sides: float) -> float:
        return amount * mine / all_sides if all_sides else amount / len(sides)

    calls = part(whole.calls, column.calls.expected, sum(each.calls.expected for each in sides))
    prompts = sum(each.prompt_tokens.expected for each in sides)
    completions = sum(each.completion_tokens.expected for each in sides)
    seconds = sum(each.calls.times(each.call_seconds).expected for each in sides)
    return ColumnFigures(
        calls=round(calls),
        prompt_tokens=round(part(whole.prompt_tokens, column.prompt_tokens.expected, prompts)),
        completion_tokens=round(part(whole.completion_tokens, column.completion_tokens.expected, completions)),
        seconds=part(whole.seconds, column.calls.times(column.call_seconds).expected, seconds),
    )


def _rescaled(column: ColumnEstimate, estimate: RecipeEstimate, pass_rate: EstimateBand) -> ColumnEstimate:
    """Return a column that was not measured, for the rows that the measured pass rate makes necessary."""
    before, after = estimate.pass_rate, pass_rate
    numbers = (
        column.calls.low * before.high / after.high,
        column.calls.expected * before.expected / after.expected,
        column.calls.high * before.low / after.low,
    )
    low, expected, high = sorted(numbers)
    return dataclasses.replace(column, calls=EstimateBand(low=low, expected=expected, high=high))


def _summary(probe: ProbeFigures) -> str:
    if not probe.accepted:
        return f"None of the {probe.rows:,} rows made beforehand was accepted."
    return f"Measured on {probe.rows:,} rows made beforehand, of which {probe.accepted:,} were accepted."
