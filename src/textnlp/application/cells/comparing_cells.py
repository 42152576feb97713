"""Cells that compare columns: which of two is better, and in which order several are."""

from collections.abc import Mapping, Sequence
from typing import Any

from textnlp.application.cells.cell_asker import CellAsker
from textnlp.application.cells.panel_answers import PanelAnswers, ask_judges
from textnlp.application.cells.prompt_cells import Prompt
from textnlp.domain.judging.pairs import Winner, majority_winner, settle_pair
from textnlp.domain.judging.questions import (
    compared_text,
    pair_question,
    pair_schema,
    rank_question,
    rank_schema,
    winner_of,
)
from textnlp.domain.judging.rankings import aggregate_rankings, shown_orders
from textnlp.domain.judging.scores import equal_share
from textnlp.domain.recipes.judge_columns import PairwiseColumn, RankColumn

Row = Mapping[str, Any]

_PAIR_FIELDS = ("winner", "consistent", "reasons")
_RANK_FIELDS = ("order", "scores", "ties", "agreement", "ballots")


async def compare_pair(column: PairwiseColumn, prompt: Prompt, row: Row, asker: CellAsker) -> dict[str, Any]:
    """Return `{winner, consistent, reasons}`; of a panel `{winner, consistent, agreement, judges}`.

    Each judge is asked in both orders. A panel's winner is that of most judges, and it is consistent where all that
    answered are. Raises `INVALID_INPUT` where there is nothing to compare.
    """
    texts = [compared_text(row, name) for name in (column.first, column.second)]
    questions = [prompt.messages(row, added=pair_question(shown, ties=column.ties)) for shown in (texts, texts[::-1])]
    answers = await ask_judges(column, asker, questions, schema=pair_schema(ties=column.ties))
    found = {judge: _pair_verdict(*given) for judge, given in answers.answered.items()}
    if not column.models:
        return found[column.model or ""]
    winners = [Winner(each["winner"]) for each in found.values()]
    return {
        "winner": majority_winner(winners).value,
        "consistent": all(each["consistent"] for each in found.values()),
        "agreement": equal_share(winners),
        "judges": _of_panel(column.models, found, answers, fields=_PAIR_FIELDS),
    }


async def rank_columns(column: RankColumn, prompt: Prompt, row: Row, asker: CellAsker) -> dict[str, Any]:
    """Return `{order, scores, ties, agreement, ballots}`; of a panel `judges` in place of the ballots.

    Each judge is asked about every order in which the columns are shown, which the recipe's seed and the row decide.
    A panel's order is that of all its ballots. Raises `INVALID_INPUT` where there is nothing to rank.
    """
    texts = [compared_text(row, name) for name in column.columns]
    orders = shown_orders(len(texts), column.permutations, generator=asker.generator("orders"))
    questions = [prompt.messages(row, added=rank_question([texts[place] for place in order])) for order in orders]
    answers = await ask_judges(column, asker, questions, schema=rank_schema(len(texts)))
    shown = [[column.columns[place] for place in order] for order in orders]
    ballots = {
        judge: [_ballot(names, answer) for names, answer in zip(shown, given, strict=True)]
        for judge, given in answers.answered.items()
    }
    each = {judge: {**_ranked(column, found), "ballots": found} for judge, found in ballots.items()}
    if not column.models:
        return each[column.model or ""]
    whole = _ranked(column, [ballot for found in ballots.values() for ballot in found])
    return {**whole, "judges": _of_panel(column.models, each, answers, fields=_RANK_FIELDS)}


def _pair_verdict(as_given: Mapping[str, Any], swapped: Mapping[str, Any]) -> dict[str, Any]:
    winners = (winner_of(as_given), winner_of(swapped).swapped)
    verdict = settle_pair(*winners)
    shown_first = (Winner.FIRST, Winner.SECOND)
    return {
        "winner": verdict.winner.value,
        "consistent": verdict.consistent,
        "reasons": [
            {"shown_first": shown.value, "winner": winner.value, "reason": answer["reason"]}
            for shown, winner, answer in zip(shown_first, winners, (as_given, swapped), strict=True)
        ],
    }


def _ballot(shown: Sequence[str], answer: Mapping[str, Any]) -> dict[str, Any]:
    order = [shown[number - 1] for number in answer["ranking"]]
    return {"shown": list(shown), "order": order, "reason": answer["reason"]}


def _ranked(column: RankColumn, ballots: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    ranking = aggregate_rankings(column.columns, [ballot["order"] for ballot in ballots])
    return {
        "order": list(ranking.order),
        "scores": dict(ranking.scores),
        "ties": [list(group) for group in ranking.ties],
        "agreement": ranking.agreement,
    }


def _of_panel(
    models: Sequence[str], found: Mapping[str, Mapping[str, Any]], answers: PanelAnswers, *, fields: Sequence[str]
) -> dict[str, Any]:
    """Return what each judge says, with the same fields whether it answered or not, so that rows have one type."""
    return {
        judge: {**found[judge], "error": None}
        if judge in found
        else {**dict.fromkeys(fields), "error": answers.failed[judge].value}
        for judge in models
    }
