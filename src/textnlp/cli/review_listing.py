"""Reviews, items and what came of them, on the screen."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from textnlp.client.reviews_models import (
    AgreementRead,
    CalibrationRead,
    EstimateRead,
    JudgeCalibrationRead,
    ReviewAgreementRead,
    ReviewItemRead,
    ReviewItemView,
    ReviewRead,
)
from textnlp.domain.review.typed_values import Question, told


def print_reviews(reviews: Sequence[ReviewRead]) -> None:
    """Print reviews as a table."""
    if not reviews:
        Console().print("There are no reviews.")
        return
    table = _table("review", "name", "created", "rows", "overlap", "questions")
    for each in reviews:
        table.add_row(
            Text(each.id),
            Text(each.name, style="bold"),
            f"{each.created_at:%Y-%m-%d %H:%M}",
            f"{each.item_count:,}",
            str(each.overlap),
            Text(", ".join(each.questions)),
        )
    Console().print(table)


def print_view(item: ReviewItemView, questions: Mapping[str, Question], *, console: Console | None = None) -> None:
    """Print an item as its reviewer sees it, and what is asked."""
    console = console or Console()
    console.print(Rule(f"item {item.position}", style="dim", align="left"))
    for name, value in item.row.items():
        _print_field(console, name, value)
    for name, pair in item.pairs.items():
        _print_field(console, f"{name}: left", pair.left)
        _print_field(console, f"{name}: right", pair.right)
    for answer in item.answers:
        console.print(Text(f"{answer.reviewer} said {_plain(answer.values)}", style="dim"))
    for comment in item.comments:
        console.print(Text(f"{comment.reviewer}: {comment.text}", style="dim"))
    for name, question in questions.items():
        is_optional = "" if question.get("required", True) else " (may be left out)"
        title = question.get("title") or ""
        line = Text.assemble((name, "bold"), f" {title}" if title else "", f": {told(question)}{is_optional}")
        console.print(line, soft_wrap=True)


def print_items(items: Sequence[ReviewItemRead]) -> None:
    """Print items with what was said of them."""
    if not items:
        Console().print("There are no such items.")
        return
    table = _table("item", "row", "state", "answers", "final", "disputed")
    for each in items:
        said = "\n".join(f"{answer.reviewer}: {_plain(answer.values)}" for answer in each.answers)
        table.add_row(
            str(each.position),
            Text(each.id),
            each.state,
            Text(said),
            Text(_plain(each.final)),
            ", ".join(each.disputed),
        )
    Console().print(table)


def print_agreement(found: ReviewAgreementRead) -> None:
    """Print how far a review is, how its reviewers agree, and how each works."""
    console = Console()
    states = ", ".join(f"{count:,} {state}" for state, count in found.progress.states.items())
    console.print(f"{found.progress.answers:,} answers; items: {states}")
    table = _table("question", "level", "units", "percent", "alpha", "kappa")
    for name, each in found.questions.items():
        table.add_row(
            Text(name, style="bold"),
            each.level,
            f"{each.units:,}",
            _estimate(each.percent),
            _estimate(each.alpha),
            _kappa(each),
        )
    console.print(table)
    reviewers = _table("reviewer", "answers", "skips", "seconds", "with the majority")
    for each in found.reviewers:
        reviewers.add_row(
            Text(each.reviewer),
            f"{each.answers:,}",
            f"{each.skips:,}",
            "" if each.median_seconds is None else f"{each.median_seconds:,.1f}",
            "" if each.agreement is None else f"{each.agreement:.0%} of {each.compared:,}",
        )
    console.print(reviewers)


def print_calibration(found: CalibrationRead) -> None:
    """Print what a judge's scores are worth."""
    for judge in found.judges:
        _print_judge(Console(), judge)


def _print_judge(console: Console, judge: JudgeCalibrationRead) -> None:
    threshold = "none" if judge.threshold is None else f"{judge.threshold:g}"
    table = Table.grid(padding=(0, 2))
    facts = {
        "judge": judge.judge,
        "compared with": f"{judge.question}, good is {judge.good}",
        "rows": f"{judge.rows:,}, {judge.good_rows:,} of them good",
        "threshold": threshold,
        "precision": _share(judge.precision),
        "recall": _share(judge.recall),
        "F1": _share(judge.f1),
        "kappa": _estimate(EstimateRead(value=judge.kappa, low=judge.kappa_low, high=judge.kappa_high)),
    }
    for name, value in facts.items():
        table.add_row(Text(name, style="dim"), Text(value))
    console.print(table)
    for note in judge.notes:
        console.print(Text(note, style="yellow"))


def _print_field(console: Console, name: str, value: Any) -> None:
    text = value if isinstance(value, str) else _plain(value)
    console.print(Text(name, style="dim"))
    console.print(Text(text), soft_wrap=True)


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _kappa(each: AgreementRead) -> str:
    if each.cohen is not None:
        return f"{_estimate(each.cohen)} Cohen"
    return "" if each.fleiss is None else f"{_estimate(each.fleiss)} Fleiss"


def _estimate(found: EstimateRead) -> str:
    if found.value is None:
        return "not defined"
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _table(*titles: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for place, title in enumerate(titles):
        table.add_column(title, no_wrap=place == 0, overflow="fold")
    return table
