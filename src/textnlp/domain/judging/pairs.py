"""Which of two texts is better, from verdicts that were asked for in both orders.

A model that judges a pair leans towards one position. Asked in both orders, it wins only where both verdicts name the
same text; else it is a tie (Zheng et al. 2023, "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", arXiv
2306.05685, section 3.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from textnlp.domain.judging.scores import most_frequent


class Winner(StrEnum):
    """Which of two is better."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"

    @property
    def swapped(self) -> "Winner":
        """The winner where the two change places."""
        return _SWAPPED[self]


_SWAPPED = {Winner.FIRST: Winner.SECOND, Winner.SECOND: Winner.FIRST, Winner.TIE: Winner.TIE}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairVerdict:
    """What one judge says of a pair in both orders; `consistent` where both orders have the same winner."""

    winner: Winner
    consistent: bool


def settle_pair(shown_as_given: Winner, shown_swapped: Winner) -> PairVerdict:
    """Return the verdict of two, each in terms of the pair as it was given; a tie where they differ."""
    is_consistent = shown_as_given is shown_swapped
    return PairVerdict(winner=shown_as_given if is_consistent else Winner.TIE, consistent=is_consistent)


def majority_winner(winners: Sequence[Winner]) -> Winner:
    """Return what most judges of a panel say; a tie where no winner has more votes than every other."""
    found = most_frequent(winners)
    return found[0] if len(found) == 1 else Winner.TIE
