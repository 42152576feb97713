"""Flows and traces on a terminal."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from tests.azure_loopback.flows import FlowReport
from tests.azure_loopback.run import Outcome
from tests.factories.traces import SeenSpan

_NANOSECONDS_A_MILLISECOND = 1_000_000


def show_flow(console: Console, report: FlowReport) -> None:
    """Print what a flow did."""
    console.rule(f"[bold]{report.title}", align="left")
    for fact in report.facts:
        console.print(f"  {fact}", soft_wrap=True, highlight=False, markup=False)


def show_traces(console: Console, outcome: Outcome) -> None:
    """Print the trace of each flow's request, as a tree."""
    for report in outcome.reports:
        console.rule(f"[bold]{report.title}[/bold], trace {report.trace_id}", align="left")
        for root in span_trees(outcome.trace_of(report)):
            console.print(root, soft_wrap=True)


def span_trees(spans: Sequence[SeenSpan]) -> list[Tree]:
    """Return a tree for each span whose parent is not among them; equal spans of one parent share a line.

    The parent of anything but a request was in a process that was killed before it could tell of it.
    """
    known = {span.span_id for span in spans}
    roots = [span for span in spans if span.parent_id not in known]
    return [_tree(group, spans) for group in _alike(roots)]


def _tree(group: Sequence[SeenSpan], spans: Sequence[SeenSpan]) -> Tree:
    tree = Tree(_label(group))
    parents = {span.span_id for span in group}
    for children in _alike([span for span in spans if span.parent_id in parents]):
        tree.children.append(_tree(children, spans))
    return tree


def _alike(spans: Sequence[SeenSpan]) -> list[list[SeenSpan]]:
    """Return spans of one process and name together, in the order of their beginning."""
    by_name = sorted(spans, key=lambda span: (span.service, span.name, span.began_at))
    groups = [list(group) for _, group in groupby(by_name, key=lambda span: (span.service, span.name))]
    return sorted(groups, key=lambda group: group[0].began_at)


def _label(group: Sequence[SeenSpan]) -> Text:
    first = group[0]
    milliseconds = sum(span.ended_at - span.began_at for span in group) / _NANOSECONDS_A_MILLISECOND
    times = f" x{len(group)}" if len(group) > 1 else ""
    label = Text(f"{first.service} ", style="cyan")
    label.append(f"{first.name}{times} ", style="red" if any(span.has_failed for span in group) else "default")
    return label.append(f"{milliseconds:.1f} ms", style="dim")
