"""What checks ask of texts, and of the length of lists."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from textnlp.domain.errors import invalid_input
from textnlp.domain.matching.linear_pattern import LinearPattern
from textnlp.domain.matching.word_finder import WordFinder, fold
from textnlp.domain.syntax.code_text import syntax_fault
from textnlp.domain.syntax.sql_syntax import require_dialect
from textnlp.domain.texts.sentences import count_sentences
from textnlp.domain.validation.checks import LengthCheck, PatternCheck, SyntaxCheck, WordsCheck
from textnlp.domain.validation.shown_value import as_clause, kind_of, shown, shown_choice
from textnlp.domain.validation.value_rules import Rule

Bound = tuple[str, int | None, int | None]
"""A unit, and how many of it there are at least and at most."""

_ITEMS = "items"
_COUNTERS: Mapping[str, Callable[[str], int]] = {
    "characters": len,
    "words": lambda text: len(text.split()),
    "sentences": count_sentences,
}


def length_rule(check: LengthCheck, field: str) -> Rule:
    """Return the rule of a length, but for tokens; a list has nothing but items, and a text none."""
    bounds = list(bounds_of(check, ("characters", "words", "sentences", _ITEMS), field=field))
    units = {unit for unit, _, _ in bounds}
    if _ITEMS in units and (len(units) > 1 or check.counts_tokens):
        raise invalid_input("Items are counted in lists; everything else is counted in texts.", field=field)

    def fault(value: Any) -> str | None:
        if _ITEMS in units:
            if not isinstance(value, list | tuple):
                return f"is {kind_of(value)}, not a list"
        elif not isinstance(value, str):
            return f"is {kind_of(value)}, not a text" if units or check.counts_tokens else None
        for bound in bounds:
            count = _COUNTERS.get(bound[0], len)
            wrong = count_fault(count(cast("str", value)), bound)
            if wrong is not None:
                return wrong
        return None

    return fault


def count_fault(count: int, bound: Bound) -> str | None:
    """Return what is wrong with a count of a unit, as the rest of a sentence; None where it keeps to its bounds."""
    unit, low, high = bound
    if low is not None and count < low:
        return f"has {_counted(count, unit)}, fewer than {low:,}"
    if high is not None and count > high:
        return f"has {_counted(count, unit)}, more than {high:,}"
    return None


def bounds_of(check: LengthCheck, units: Sequence[str], *, field: str) -> Iterator[Bound]:
    """Yield the bounds of those units that have any; raise `INVALID_INPUT` for bounds that no value keeps to."""
    for unit in units:
        low: int | None = getattr(check, f"min_{unit}")
        high: int | None = getattr(check, f"max_{unit}")
        if low is not None and high is not None and low > high:
            raise invalid_input(
                f"No value has {low:,} {unit} at least and {high:,} at most.", field=f"{field}.min_{unit}"
            )
        if low is not None or high is not None:
            yield unit, low, high


def pattern_rule(check: PatternCheck, field: str) -> Rule:
    """Return the rule of a regular expression; only a text passes."""
    try:
        pattern = LinearPattern(check.pattern)
    except ValueError as exc:
        message = f"The pattern is no regular expression of RE2: {exc}."
        raise invalid_input(message, field=f"{field}.pattern") from exc

    def fault(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"is {kind_of(value)}, not a text"
        found = pattern.find(value)
        if check.must_match:
            return f"does not match {check.pattern}: {shown(value)}" if found is None else None
        return None if found is None else f"matches {check.pattern} at {shown(found)}"

    return fault


def words_rule(check: WordsCheck, field: str) -> Rule:
    """Return the rule of words; only a text passes."""
    all_of = _finder(check.all_of, f"{field}.all_of")
    any_of = _finder(check.any_of, f"{field}.any_of")
    none_of = _finder(check.none_of, f"{field}.none_of")

    def fault(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"is {kind_of(value)}, not a text"
        folded = fold(value)
        missing = all_of.missing_in(folded) if check.all_of else []
        if missing:
            return f"does not have {shown_choice(missing)}"
        if check.any_of and not any_of.any_in(folded):
            return f"has none of {shown_choice(check.any_of)}"
        unwanted = none_of.first_in(folded) if check.none_of else None
        return None if unwanted is None else f"has {shown(unwanted)}, which it must not"

    return fault


def syntax_rule(check: SyntaxCheck, field: str) -> Rule:
    """Return the rule of a language; only a text passes."""
    if check.dialect is not None and check.language != "sql":
        raise invalid_input(f"Only SQL has dialects, {check.language} has none.", field=f"{field}.dialect")
    if check.dialect is not None:
        require_dialect(check.dialect, field=f"{field}.dialect")

    def fault(value: Any) -> str | None:
        if not isinstance(value, str):
            return f"is {kind_of(value)}, not a text"
        wrong = syntax_fault(value, language=check.language, dialect=check.dialect)
        return None if wrong is None else f"is no {check.language}: {as_clause(wrong)}"

    return fault


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit if count != 1 else unit.removesuffix('s')}"


def _finder(words: list[str], field: str) -> WordFinder:
    try:
        return WordFinder(words)
    except ValueError as exc:
        raise invalid_input(f"The words cannot be looked for: {exc}.", field=field) from exc
