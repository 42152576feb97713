"""The operators that look at whole columns of texts."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.errors import invalid_input
from textnlp.domain.matching.word_table import Ratios, WordTable, share
from textnlp.domain.texts.completeness import unfinished
from textnlp.domain.texts.encoding import FAULTS
from textnlp.domain.texts.language import known_languages, probabilities
from textnlp.domain.texts.markup import TRACES
from textnlp.domain.texts.overlap import shared_run
from textnlp.domain.texts.readability import readability
from textnlp.domain.texts.refusal import KINDS
from textnlp.domain.texts.repetition import REPEATED_GRAMS, TOP_GRAMS, repetition
from textnlp.domain.validation.column_check import ColumnCheck
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.shown_value import shown
from textnlp.domain.validation.text_checks import (
    CompleteCheck,
    EncodingCheck,
    LanguageCheck,
    MarkupCheck,
    PromptLeakCheck,
    ProseCheck,
    ReadabilityCheck,
    RefusalCheck,
    RepetitionCheck,
    TextCheck,
)
from textnlp.domain.validation.verdicts import Verdicts

_Bools = npt.NDArray[np.bool_]
_Faults = Mapping[int, str]
"""By place, what is wrong, as the rest of a sentence whose subject is the column."""

_Look = Callable[[RowBatch], tuple[_Faults, Ratios | None]]

_BULLET = r"(?m)^\s*(?:[-*•‣◦]|\d+[.)])\s"
_ELLIPSIS_LINE = r"(?m)(?:\.\.\.|…)\s*$"
_LEAK_BEGINS = 8


class TextOperator:
    """Satisfies `Operator` for one check of a column of texts."""

    version = "1"

    def __init__(self, check: ColumnCheck, look: _Look) -> None:
        self.name = check.code
        self.column = check.column
        self.parameters: dict[str, Any] = check.model_dump(mode="json", by_alias=True, exclude_unset=True)
        self._look = look

    def look(self, batch: RowBatch) -> Verdicts:
        """Return the rows whose texts are not as they should be."""
        faults, scores = self._look(batch)
        reasons = {
            place: Reason(code=self.name, message=f"{self.column} {fault}.", column=self.column)
            for place, fault in faults.items()
        }
        return Verdicts(reasons=reasons, scores=scores)


def text_operator(check: TextCheck, *, field: str) -> TextOperator:
    """Return the operator of a check; raises `INVALID_INPUT`, `field` and its part, for one that makes no sense."""
    return TextOperator(check, _LOOKS[type(check)](check, field))


def _language(check: LanguageCheck, field: str) -> _Look:
    unknown = sorted(set(check.languages) - known_languages())
    if unknown:
        raise invalid_input(
            f"{field}.languages: {unknown[0]!r} is no language that can be told.", field=f"{field}.languages"
        )
    expected, told = frozenset(check.languages), " or ".join(check.languages)

    def look(batch: RowBatch) -> tuple[_Faults, Ratios]:
        texts = batch.texts(check.column)
        chances, likeliest = probabilities(texts, expected)
        is_short = _filled(texts.str.len_chars()) < check.min_characters
        chances[is_short] = np.nan
        places = np.flatnonzero(chances < check.min_probability)
        return {
            place: f"{_unlike(likeliest[place], expected, told)} (probability {chances[place]:.2f})"
            for place in places.tolist()
        }, chances

    return look


def _readability(check: ReadabilityCheck, field: str) -> _Look:
    low, high = check.low, check.high
    if low is not None and high is not None and low > high:
        raise invalid_input(f"No measure lies between {low:g} and {high:g}.", field=f"{field}.low")
    name = check.formula.replace("_", " ")

    def look(batch: RowBatch) -> tuple[_Faults, Ratios]:
        scores = readability(batch.texts(check.column), check.formula)
        faults: dict[int, str] = {}
        if low is not None:
            faults |= {place: f"has {name} {scores[place]:.1f}, below {low:g}" for place in _places(scores < low)}
        if high is not None:
            faults |= {place: f"has {name} {scores[place]:.1f}, above {high:g}" for place in _places(scores > high)}
        return faults, scores

    return look


def _repetition(check: RepetitionCheck, _field: str) -> _Look:
    limits = {"lines": check.max_repeated_lines, "paragraphs": check.max_repeated_lines}
    limits |= {f"top_{n}_gram": most for n, most in zip(TOP_GRAMS, check.max_top_grams, strict=True)}
    limits |= {f"repeated_{n}_gram": most for n, most in zip(REPEATED_GRAMS, check.max_repeated_grams, strict=True)}
    names = list(limits)

    def look(batch: RowBatch) -> tuple[_Faults, Ratios]:
        texts = batch.texts(check.column)
        words = WordTable.of(texts)
        measures = repetition(texts, words)
        shares = np.stack([measures[name] for name in names])
        excess = shares / np.maximum(np.array([limits[name] for name in names])[:, None], 1e-9)
        scores = np.where(words.counts >= max(check.min_words, 1), excess.max(axis=0), np.nan)
        worst = cast("list[int]", excess.argmax(axis=0).tolist())
        faults: dict[int, str] = {}
        for place in _places(scores > 1):
            name, part = names[worst[place]], shares[worst[place], place]
            faults[place] = f"repeats itself: {_measure(name)} is {part:.0%} of it, more than {limits[name]:.0%}"
        return faults, scores

    return look


def _prose(check: ProseCheck, _field: str) -> _Look:
    def look(batch: RowBatch) -> tuple[_Faults, None]:
        texts = batch.texts(check.column)
        words = WordTable.of(texts)
        plain = texts.fill_null("")
        lines = _filled(plain.str.count_matches(r"(?m)^.*\S.*$"))
        symbols = share(_filled(plain.str.count_matches(r"#|\.\.\.|…")), words.counts)
        bullets = share(_filled(plain.str.count_matches(_BULLET)), lines)
        ellipses = share(_filled(plain.str.count_matches(_ELLIPSIS_LINE)), lines)
        alphabetic = share(words.totals(words.words.str.contains(r"\p{L}").to_numpy()), words.counts)
        length = share(words.totals(words.lengths), words.counts)
        is_long = words.counts >= max(check.min_words, 1)
        return {
            **_above("# and … by word", symbols, check.max_symbol_share, is_long),
            **_above("the share of lines that are bullets", bullets, check.max_bullet_lines, is_long),
            **_above("the share of lines that end with …", ellipses, check.max_ellipsis_lines, is_long),
            **_below("the share of words with a letter", alphabetic, check.min_alphabetic_words, is_long),
            **_below("the mean length of words", length, check.min_mean_word_length, is_long),
            **_above("the mean length of words", length, check.max_mean_word_length, is_long),
        }, None

    return look


def _above(name: str, values: Ratios, most: float, among: _Bools) -> _Faults:
    told = f"is no prose: {name} is"
    return {place: f"{told} {values[place]:.2f}, above {most:g}" for place in _places(among & (values > most))}


def _below(name: str, values: Ratios, least: float, among: _Bools) -> _Faults:
    told = f"is no prose: {name} is"
    return {place: f"{told} {values[place]:.2f}, below {least:g}" for place in _places(among & (values < least))}


def _patterns(column: str, patterns: Sequence[tuple[str, str]]) -> _Look:
    """Look for expressions of Rust; the first of them that a text matches is told with where it does."""

    def look(batch: RowBatch) -> tuple[_Faults, None]:
        texts = batch.texts(column)
        faults: dict[int, str] = {}
        for told, pattern in patterns:
            found = texts.str.contains(pattern).fill_null(value=False)
            if found.any():
                places = cast("list[int]", found.arg_true().to_list())
                pieces = texts.gather(places).str.extract(f"({pattern})", 1)
                for place, piece in zip(places, pieces, strict=True):
                    faults.setdefault(place, f"{told}: {shown((piece or '').strip())}")
        return faults, None

    return look


def _markup(check: MarkupCheck, _field: str) -> _Look:
    return _patterns(check.column, [(f"has traces of {kind}", TRACES[kind]) for kind in check.forbid])


def _encoding(check: EncodingCheck, _field: str) -> _Look:
    return _patterns(check.column, [(f"has {fault}", pattern) for fault, pattern in FAULTS.items()])


def _refusal(check: RefusalCheck, _field: str) -> _Look:
    told = {
        "refusal": "refuses",
        "self": "speaks of being a model",
        "opening": "opens with an empty phrase",
        "unfilled": "has something left to be filled in",
    }
    return _patterns(check.column, [(told[kind], KINDS[kind]) for kind in check.forbid])


def _complete(check: CompleteCheck, _field: str) -> _Look:
    def look(batch: RowBatch) -> tuple[_Faults, None]:
        told = unfinished(batch.texts(check.column), needs_sentence=check.needs_sentence)
        places = cast("list[int]", told.is_not_null().arg_true().to_list())
        values = batch.values(check.column)
        return {place: f"{told[place]}: {_tail(values[place])}" for place in places}, None

    return look


def _prompt_leak(check: PromptLeakCheck, field: str) -> _Look:
    if check.source_column is None and not check.texts:
        raise invalid_input("Either source_column or texts says what must not be repeated.", field=field)
    least = check.max_words + 1

    def look(batch: RowBatch) -> tuple[_Faults, Ratios]:
        scores = np.full(len(batch), np.nan)
        faults: dict[int, str] = {}
        for place, row in enumerate(batch.rows):
            text = row.get(check.column)
            if not isinstance(text, str):
                continue
            source = row.get(check.source_column) if check.source_column else None
            sources = [*check.texts, *([source] if isinstance(source, str) else [])]
            runs = [run for each in sources if (run := shared_run(text, each, least=min(least, _LEAK_BEGINS)))]
            longest = max(runs, key=lambda run: run.words, default=None)
            scores[place] = 0 if longest is None else longest.words
            if longest is not None and longest.words >= least:
                faults[place] = f"repeats {longest.words} words of what it was asked with: {shown(longest.text)}"
        return faults, scores

    return look


def _places(mask: _Bools) -> list[int]:
    return np.flatnonzero(mask).tolist()


def _filled(counts: pl.Series) -> npt.NDArray[np.int64]:
    return counts.fill_null(0).to_numpy().astype(np.int64)


def _measure(name: str) -> str:
    if name in {"lines", "paragraphs"}:
        return f"the share of {name} that stand in it before"
    length = re.sub(r"\D", "", name)
    return (
        f"its most frequent run of {length} words"
        if name.startswith("top")
        else f"what repeats {length} words and more"
    )


def _unlike(likeliest: str, expected: frozenset[str], told: str) -> str:
    if likeliest in expected:
        return f"is {told}, but hardly so"
    return f"is {likeliest or 'in no language that can be told'} rather than {told}"


def _tail(text: str) -> str:
    return shown("…" + text.rstrip()[-40:])


_LOOKS: Mapping[type[Any], Callable[[Any, str], _Look]] = {
    LanguageCheck: _language,
    ReadabilityCheck: _readability,
    RepetitionCheck: _repetition,
    ProseCheck: _prose,
    MarkupCheck: _markup,
    CompleteCheck: _complete,
    EncodingCheck: _encoding,
    RefusalCheck: _refusal,
    PromptLeakCheck: _prompt_leak,
}
