"""In which order the columns of a recipe are made, found from what refers to what."""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import get_args

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.recipes.recipe import DEFAULT_ALIAS, Column, DrawnColumn, Recipe
from textnlp.domain.recipes.references import Reference, references_of, references_of_check
from textnlp.domain.recipes.sampler_columns import PickColumn
from textnlp.domain.recipes.step_columns import ExpandStep, FilterStep, SubsampleStep
from textnlp.domain.validation.checks import Check, ConditionCheck

_DRAWN = get_args(DrawnColumn)
_STEPS = (FilterStep, SubsampleStep, ExpandStep)
_CLOSE_ENOUGH = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Columns that are made for each row there is, and the step after them.

    Attributes:
        waves: columns that can be made at once, wave after wave.
        step: the step that changes the rows then; None in the last stage.
    """

    waves: tuple[tuple[str, ...], ...]
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipePlan:
    """The order of a recipe.

    Attributes:
        drawn: columns whose values are drawn before anything is asked.
        stages: what is done with each candidate, in order.
        needs: for every column and step, the columns that it refers to itself.
    """

    drawn: tuple[str, ...]
    stages: tuple[Stage, ...]
    needs: Mapping[str, frozenset[str]]

    def dependants(self, column: str) -> frozenset[str]:
        """Return the columns and steps that have to be made anew when `column` changes, itself among them."""
        changed = {column}
        while more := {name for name, needs in self.needs.items() if name not in changed and needs & changed}:
            changed |= more
        return frozenset(changed)


def plan_recipe(recipe: Recipe, *, seed_fields: Collection[str] | None = ()) -> RecipePlan:
    """Return the order of a recipe's columns.

    `seed_fields` are the columns that the seeds bring, None where they are not known, so that any name may be one of
    them. Steps come as early as what they refer to allows, filters before the others, so that nothing is asked for a
    row that is thrown away; a column that does not depend on an expand step is made before it, once for all its rows.
    Raises `INVALID_INPUT` with `field` for a name that there is not, with the nearest one that there is, and for
    columns that need one another in a circle.
    """
    known = {*recipe.columns, *(seed_fields or ())}
    needs: dict[str, frozenset[str]] = {}
    for name, column in recipe.columns.items():
        if name in (seed_fields or ()):
            raise _refused(f"columns.{name}", f"the seeds have a column {name!r} already")
        references = _references(name, column)
        for reference in references:
            _require_known(recipe, reference, known, at=f"columns.{name}", is_open=seed_fields is None)
        needs[name] = frozenset[str]().union(*(each.names for each in references)) & recipe.columns.keys()
        _require_alias(recipe, name, column)
    _require_checks(recipe, known, is_open=seed_fields is None)
    _require_no_circle(needs)
    drawn = tuple(name for name, column in recipe.columns.items() if _is_drawn(column))
    return RecipePlan(drawn=drawn, stages=_stages(recipe, needs, done=set(drawn)), needs=needs)


def _is_drawn(column: Column) -> bool:
    """Whether a value is there before the row is; one that depends on a condition or another column is not."""
    if not isinstance(column, _DRAWN) or getattr(column, "when", None):
        return False
    return not (isinstance(column, PickColumn) and column.column)


def _stages(recipe: Recipe, needs: Mapping[str, frozenset[str]], *, done: set[str]) -> tuple[Stage, ...]:
    steps = [name for name, column in recipe.columns.items() if isinstance(column, _STEPS)]
    stages: list[Stage] = []
    while steps:
        step = min(steps, key=lambda name: (len(_missing(name, needs, done)), _rank(recipe.columns[name])))
        wanted = _missing(step, needs, done)
        if isinstance(recipe.columns[step], ExpandStep):
            wanted |= {
                name
                for name in recipe.columns
                if name not in steps and name not in done and not _missing(name, needs, done) & set(steps)
            }
        stages.append(Stage(waves=_waves(wanted, needs, done), step=step))
        done |= {*wanted, step}
        steps.remove(step)
    left = {name for name in recipe.columns if name not in done}
    return (*stages, Stage(waves=_waves(left, needs, done)))


def _rank(column: Column) -> int:
    return next(rank for rank, kind in enumerate(_STEPS) if isinstance(column, kind))


def _missing(name: str, needs: Mapping[str, frozenset[str]], done: Collection[str]) -> set[str]:
    """Return everything that has to be made before `name` can be."""
    missing: set[str] = set()
    waiting = [need for need in needs[name] if need not in done]
    while waiting:
        need = waiting.pop()
        if need not in missing:
            missing.add(need)
            waiting += [inner for inner in needs[need] if inner not in done]
    return missing


def _waves(wanted: set[str], needs: Mapping[str, frozenset[str]], done: set[str]) -> tuple[tuple[str, ...], ...]:
    sorter = TopologicalSorter({name: (needs[name] & wanted) - done for name in wanted})
    sorter.prepare()
    places = {name: place for place, name in enumerate(needs)}
    waves: list[tuple[str, ...]] = []
    while ready := sorter.get_ready():
        waves.append(tuple(sorted(ready, key=places.__getitem__)))
        sorter.done(*ready)
    return tuple(waves)


def _references(name: str, column: Column) -> list[Reference]:
    try:
        return references_of(column)
    except TextNLPError as error:
        raise _refused(f"columns.{name}.{error.facts.field}", error.message.rstrip(".")) from error


def _told_at(place: str, check: Check) -> list[Reference]:
    try:
        return references_of_check(check)
    except TextNLPError as error:
        raise _refused(f"{place}.{error.facts.field}", error.message.rstrip(".")) from error


def _require_known(recipe: Recipe, reference: Reference, known: Collection[str], *, at: str, is_open: bool) -> None:
    place = f"{at}.{reference.place}"
    for name in sorted(reference.names):
        if isinstance(recipe.columns.get(name), FilterStep | SubsampleStep):
            raise _refused(place, f"{name!r} is a step and has no value")
        if name not in known and not is_open:
            close = difflib.get_close_matches(name, known, n=1, cutoff=_CLOSE_ENOUGH)
            hint = f"did you mean {close[0]!r}" if close else f"there are {', '.join(sorted(known))}"
            raise _refused(place, f"there is no column {name!r}; {hint}")


def _require_alias(recipe: Recipe, name: str, column: Column) -> None:
    speakers = [(part, getattr(column, part, None)) for part in ("user", "assistant")]
    judges: list[str] = getattr(column, "models", None) or []
    asked = [("model", getattr(column, "model", None))]
    asked += [(f"{part}.model", getattr(speaker, "model", None)) for part, speaker in speakers]
    asked += [(f"models[{index}]", alias) for index, alias in enumerate(judges)]
    for place, alias in asked:
        if alias is None or column.kind == "embed" or alias in (recipe.models or {DEFAULT_ALIAS: None}):
            continue
        close = difflib.get_close_matches(alias, list(recipe.models), n=1, cutoff=_CLOSE_ENOUGH)
        hint = f"; did you mean {close[0]!r}" if close else ""
        raise _refused(f"columns.{name}.{place}", f"there is no model {alias!r} under models{hint}")


def _require_checks(recipe: Recipe, known: Collection[str], *, is_open: bool) -> None:
    for index, check in enumerate(recipe.checks):
        for found in _told_at(f"checks[{index}]", check):
            _require_known(recipe, found, known, at=f"checks[{index}]", is_open=is_open)
    if recipe.accept.where:
        check = ConditionCheck(kind="condition", where=recipe.accept.where)
        for found in _told_at("accept", check):
            _require_known(recipe, found, known, at="accept", is_open=is_open)
    if recipe.accept.duplicates:
        found = Reference(place="columns", names=frozenset(recipe.accept.duplicates.columns))
        _require_known(recipe, found, known, at="accept.duplicates", is_open=is_open)


def _require_no_circle(needs: Mapping[str, frozenset[str]]) -> None:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as exc:
        circle: list[str] = exc.args[1][:0:-1]
        first = circle.index(min(circle, key=list(needs).index))
        circle = [*circle[first:], *circle[:first], circle[first]]
        told = " → ".join(circle)
        raise _refused(f"columns.{circle[0]}", f"the columns need one another in a circle: {told}") from exc


def _refused(field: str, message: str) -> TextNLPError:
    return TextNLPError(f"{field}: {message}.", kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
