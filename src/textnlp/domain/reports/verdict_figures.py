"""What a report says of judges among themselves: of panels, of pairs in both orders, of rankings."""

from typing import Literal

import msgspec


class PanelMember(msgspec.Struct, frozen=True, kw_only=True):
    """A judge of a panel.

    Attributes:
        judge: its alias in the recipe.
        answers: rows that it judged.
        missing: rows that others of the panel judged, and it did not.
        mean: its mean score; None for verdicts that are no numbers.
    """

    judge: str
    answers: int
    missing: int = 0
    mean: float | None = None


class PanelFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How the judges of a panel agree.

    Attributes:
        judge: the column, with its score where it has several.
        level: `interval` for scores, `nominal` for winners of pairs.
        rows: rows with a verdict of the panel, whatever became of them.
        compared: rows of an even sample with two answers or more, from which agreement follows.
        equal: share of pairs of judges that said the same.
        spread: the highest score less the lowest, in the mean of rows with two answers or more; None for winners.
        alpha: Krippendorff's; None where it is not defined, as where all judges always say the same.
        alpha_low, alpha_high: its interval of 95%.
    """

    judge: str
    level: Literal["interval", "nominal"]
    members: list[PanelMember]
    rows: int
    compared: int = 0
    equal: float | None = None
    spread: float | None = None
    alpha: float | None = None
    alpha_low: float | None = None
    alpha_high: float | None = None


class PairwiseFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How a judge decides between two columns, each pair asked about in both orders.

    Attributes:
        judge: the column.
        member: the alias of one judge of a panel; None for the column as a whole.
        first, second: the columns that are compared.
        pairs: verdicts, of as many pairs in both orders.
        first_wins, second_wins, ties: what they say.
        consistent: pairs that have the same winner in both orders.
        decided: single answers that name a winner.
        shown_first: those of them that name the text that was shown first; half of them where position plays no part.
    """

    judge: str
    member: str | None = None
    first: str
    second: str
    pairs: int
    first_wins: int
    second_wins: int
    ties: int
    consistent: int
    decided: int
    shown_first: int

    @property
    def consistent_share(self) -> float | None:
        """Share of the pairs that have the same winner in both orders; None without pairs."""
        return self.consistent / self.pairs if self.pairs else None

    @property
    def shown_first_share(self) -> float | None:
        """Share of the answers with a winner that name what was shown first; None without such answers."""
        return self.shown_first / self.decided if self.decided else None


class RankedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column that is ranked.

    Attributes:
        score: share of the others that it comes before, in the mean of rows.
        best: rows in which it is first, tied with others or not.
    """

    column: str
    score: float
    best: int


class RankingFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How columns are ranked.

    Attributes:
        judge: the column with the rankings.
        columns: the best first.
        rows: rows that were ranked.
        tied: rows in which some are tied.
        agreement: Kendall's W of a row's rankings, in the mean of the rows that were asked about more than once.
    """

    judge: str
    columns: list[RankedColumn]
    rows: int
    tied: int
    agreement: float | None = None
