"""Worked examples from the papers that define the statistics."""

import numpy as np

from textnlp.domain.review.agreement.bootstrap import Estimate, WeightedStatistic
from textnlp.domain.review.agreement.ratings import Level, Ratings, ratings_of

MEG = "0100000010"
OWEN = "1110010000"
BEN = "aabbdcccedda"
GERRY = "babbbccceddd"
FOUR_OBSERVERS = ("123321412...", "12332241 25.3".replace(" ", ""), ".333234225 1.".replace(" ", ""), "12332441251.")
"""Krippendorff (2011): data of sections A, B and C; a full stop is a missing rating."""

DIAGNOSES = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)
"""Fleiss (1971), table 1: diagnoses of 30 patients by six psychiatrists each, counted by five categories."""

PSYCHOLOGISTS = ((88, 10, 2), (14, 40, 6), (18, 10, 12))
"""Cohen (1960) and (1968): how two judges put 200 patients into three categories."""


def of_rows(*rows: str, level: Level) -> Ratings:
    """Make ratings of a text a rater, a character a unit."""
    number = str if level is Level.NOMINAL else int
    units = [
        {f"r{rater}": number(value) for rater, value in enumerate(column) if value != "."}
        for column in zip(*rows, strict=True)
    ]
    return ratings_of(units, level=level)


def of_table(table: tuple[tuple[int, ...], ...], *, level: Level = Level.NOMINAL) -> Ratings:
    """Make ratings by two raters of a table of how often they said what."""
    units = [
        {"first": row, "second": column}
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    return ratings_of(units, level=level, order=range(len(table)))


def of_counts(counts: str) -> Ratings:
    """Make ratings of words, a unit each, whose digits are how many raters chose each category."""
    units: list[dict[str, int]] = []
    for word in counts.split():
        said = [category for category, digit in enumerate(word) for _ in range(int(digit))]
        units.append({f"r{rater}": category for rater, category in enumerate(said)})
    return ratings_of(units, level=Level.NOMINAL, order=range(5))


def plain(statistic: WeightedStatistic, ratings: Ratings) -> float:
    """Return a statistic of the units as they are."""
    return statistic(np.ones(len(ratings.codes)))


def bounds(found: Estimate) -> tuple[float, float, float]:
    """Return lower bound, value and upper bound of an estimate that has all three."""
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    return found.low, found.value, found.high
