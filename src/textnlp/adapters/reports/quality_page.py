"""`report.html`: a report of quality for people."""

from collections.abc import Iterator

from textnlp.adapters.reports.bar import Bar, bars_of
from textnlp.adapters.reports.figures import count_text, money_text, percent_text
from textnlp.adapters.reports.page import render_page
from textnlp.adapters.reports.tile import Tile
from textnlp.domain.reports.model import QualityReport

_MOST_NOTE = 300


def render_report(report: QualityReport) -> bytes:
    """Return the page of a report."""
    balance = report.balance
    fates = [
        Bar(label=name, count=count)
        for name, count in (
            *(("accepted", balance.accepted), ("rejected", balance.rejected)),
            *(("failed", balance.failed), ("surplus", balance.surplus)),
        )
        if count or name in {"accepted", "rejected"}
    ]
    page = render_page(
        "report.html",
        report=report,
        tiles=list(_tiles(report)),
        fates=fates,
        splits=bars_of(balance.splits, total=balance.accepted),
        reasons=bars_of(
            {reason.code: reason.rows for reason in report.reasons},
            {reason.code: reason.example[:_MOST_NOTE] for reason in report.reasons},
        ),
        texts=[column for column in report.columns if column.diversity is not None],
        sections=list(_sections(report)),
    )
    return page.encode()


def _tiles(report: QualityReport) -> Iterator[Tile]:
    balance = report.balance
    wanted = f"of {count_text(balance.target)} wanted" if balance.target else f"of {count_text(balance.rows)} read"
    yield Tile(label="Accepted rows", value=count_text(balance.accepted), note=wanted)
    judged = balance.rows - balance.surplus
    if judged:
        turned_away = count_text(balance.rejected + balance.failed)
        yield Tile(
            label="Pass rate", value=percent_text(balance.accepted / judged), note=f"{turned_away} rows turned away"
        )
    if report.duplicates is not None:
        clusters = report.duplicates.clusters
        yield Tile(
            label="Duplicates removed", value=count_text(report.duplicates.removed), note=f"they repeat {clusters} rows"
        )
    yield from _text_tiles(report)
    yield from _cost_tiles(report)


def _text_tiles(report: QualityReport) -> Iterator[Tile]:
    known = [column for column in report.columns if column.diversity is not None and column.diversity.words]
    largest = max(known, key=lambda column: column.diversity.words if column.diversity else 0, default=None)
    if largest is None or largest.diversity is None:
        return
    found = largest.diversity
    if found.languages:
        first = found.languages[0]
        share = percent_text(first.rows / max(1, found.sampled))
        yield Tile(label="Main language", value=first.value, note=f"{share} of {largest.name}")
    if found.self_bleu is not None:
        yield Tile(label="Self-BLEU", value=f"{found.self_bleu:.2f}", note=f"of {largest.name}; lower is more diverse")


def _cost_tiles(report: QualityReport) -> Iterator[Tile]:
    cost = report.cost
    if cost is None:
        return
    if cost.per_accepted_row is not None and cost.total is not None:
        note = f"{money_text(cost.total)} in all"
        yield Tile(label="Cost by accepted row", value=money_text(cost.per_accepted_row), note=note)
    elif cost.tokens_per_accepted_row is not None:
        tokens = count_text(round(cost.tokens_per_accepted_row))
        yield Tile(label="Tokens by accepted row", value=tokens, note="no price is known")


def _sections(report: QualityReport) -> Iterator[tuple[str, str]]:
    parts: list[tuple[str, str, object]] = [
        ("rows", "Rows", True),
        ("checks", "Checks", report.checks),
        ("columns", "Columns", report.columns),
        ("diversity", "Diversity", [column for column in report.columns if column.diversity]),
        ("coverage", "Coverage", report.coverage),
        ("duplicates", "Duplicates", report.duplicates),
        ("overlaps", "Contamination and leakage", report.overlaps),
        ("personal", "Personal data", report.personal_data),
        ("judges", "Judges", report.judges),
        ("panels", "Panels of judges", report.panels),
        ("pairs", "Pairs", report.pairs),
        ("rankings", "Rankings", report.rankings),
        ("drift", "Drift", report.drift),
        ("cost", "Cost", report.cost),
        ("examples", "Examples", report.examples),
        ("facts", "Provenance", report.subject.facts),
    ]
    return ((name, title) for name, title, part in parts if part)
