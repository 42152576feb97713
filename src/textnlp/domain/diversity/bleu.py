"""How much texts say what other texts say, in runs of up to four words."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Gram = tuple[str, ...]

MOST_WORDS = 4
_SMOOTHING = 0.1
_LONGEST = 2_000


def bleu(candidate: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Return BLEU of a text against references, given by their words (Papineni, Roukos, Ward and Zhu 2002).

    The geometric mean of the modified precisions of runs of one to four words, times the brevity penalty with the
    reference of the closest length. A precision of 0 counts as 0.1 matches (method 1 of Chen and Cherry 2014), as is
    usual for single texts. 0 where there is nothing to compare.
    """
    counts = [_grams(candidate, length) for length in _LENGTHS]
    most = [_most(_grams(reference, length) for reference in references) for length in _LENGTHS]
    return _score(counts, most, length=len(candidate), others=[len(reference) for reference in references])


def modified_precision(
    candidate: Sequence[str], references: Sequence[Sequence[str]], *, length: int
) -> tuple[int, int]:
    """Return of a candidate's runs of `length` words those that references have, each as often as in one, and all."""
    counts = _grams(candidate, length)
    return _matched(counts, _most(_grams(reference, length) for reference in references)), counts.total()


def self_bleu(texts: Sequence[str], *, candidates: int = 200, seed: int = 0) -> float | None:
    """Return the mean BLEU of texts against all others (Zhu et al., "Texygen", 2018): 1 where all are alike.

    Of more than `candidates` texts, so many are drawn by `seed` and compared with all. Of a text, the first 2,000 words
    count. None for fewer than two texts with words. The more texts there are, the higher it gets, so that figures of
    equally many texts compare.
    """
    divided = [words for text in texts if (words := text.lower().split()[:_LONGEST])]
    if len(divided) < 2:  # noqa: PLR2004  one text has no others
        return None
    chosen = range(len(divided))
    if len(divided) > candidates:
        chosen = sorted(random.Random(seed).sample(chosen, candidates))  # noqa: S311  a sample, no secret
    tops = [_tops(_grams(words, length) for words in divided) for length in _LENGTHS]
    lengths = Counter(len(words) for words in divided)
    total = 0.0
    for place in chosen:
        words = divided[place]
        counts = [_grams(words, length) for length in _LENGTHS]
        most = [_without(own, top) for own, top in zip(counts, tops, strict=True)]
        others = [length for length, times in lengths.items() if times > (length == len(words))]
        total += _score(counts, most, length=len(words), others=others)
    return total / len(chosen)


_LENGTHS = range(1, MOST_WORDS + 1)


def _grams(words: Sequence[str], length: int) -> Counter[Gram]:
    return Counter(zip(*(words[start:] for start in range(length)), strict=False))


def _most(references: Iterable[Mapping[Gram, int]]) -> dict[Gram, int]:
    """Return how often each run comes in the reference that has it most often."""
    found: dict[Gram, int] = {}
    for counts in references:
        for gram, count in counts.items():
            found[gram] = max(count, found.get(gram, 0))
    return found


def _tops(texts: Iterable[Mapping[Gram, int]]) -> dict[Gram, tuple[int, int]]:
    """Return for each run how often it comes in the text that has it most often, and in the next one."""
    found: dict[Gram, tuple[int, int]] = {}
    for counts in texts:
        for gram, count in counts.items():
            first, second = found.get(gram, (0, 0))
            found[gram] = (count, first) if count > first else (first, max(second, count))
    return found


def _without(own: Mapping[Gram, int], tops: Mapping[Gram, tuple[int, int]]) -> dict[Gram, int]:
    """Return how often runs come at most in any text but the one that has them `own` times."""
    return {gram: second if count == first else first for gram, count in own.items() for first, second in [tops[gram]]}


def _matched(counts: Mapping[Gram, int], most: Mapping[Gram, int]) -> int:
    return sum(min(count, most.get(gram, 0)) for gram, count in counts.items())


def _score(
    counts: Sequence[Counter[Gram]], most: Sequence[Mapping[Gram, int]], *, length: int, others: Sequence[int]
) -> float:
    logs: list[float] = []
    for own, known in zip(counts, most, strict=True):
        if total := own.total():
            logs.append(math.log((_matched(own, known) or _SMOOTHING) / total))
    if not logs or not others:
        return 0.0
    closest = min(others, key=lambda other: (abs(other - length), other))
    penalty = 1.0 if length > closest else math.exp(1 - closest / length)
    return penalty * math.exp(math.fsum(logs) / len(logs))
