"""The lineage of a dataset as a drawing: recipe, run, rounds, versions, and the reviews of them."""

from collections.abc import Sequence
from typing import Any

from litestar import Request
from markupsafe import Markup

from textnlp.api.caller import ports_of, review_ports_of
from textnlp.console.lineage_graph import Node, lineage_graph
from textnlp.domain.batches.model import Batch
from textnlp.domain.catalog.model import CatalogEntry
from textnlp.domain.datasets.run import round_source
from textnlp.domain.datasets.stored_run import RunVersion, StoredRun
from textnlp.domain.review.model import Review
from textnlp.ports.batch_ledger import BatchLedger

_MOST_ROUNDS = 40
_MOST_APART = 3
_LOOKED_AT = 100
_MOST_REVIEWS = 8
_RECIPE, _RUN = "recipe", "run"


async def dataset_graph(request: Request[Any, Any, Any], run: StoredRun, entry: CatalogEntry) -> Markup:
    """Draw where a dataset is from and went: its first 40 rounds, and reviews among the latest hundred."""
    rounds = await _rounds(ports_of(request.scope).ledger, run)
    reviews = await review_ports_of(request.scope).store.newest(limit=_LOOKED_AT)
    return draw_history(run, entry, rounds=rounds, reviews=reviews)


def draw_history(run: StoredRun, entry: CatalogEntry, *, rounds: Sequence[Batch], reviews: Sequence[Review]) -> Markup:
    """Draw what is known; rounds lead to the version that was written next after them."""
    groups = _grouped(run, rounds)
    round_nodes: list[Node] = []
    edges = [(_RECIPE, _RUN)]
    for version, group in groups:
        apart = [[each] for each in group] if len(group) <= _MOST_APART else [group]
        for some in apart:
            node = _round_node(run, some)
            round_nodes.append(node)
            edges.append((_RUN, node.name))
            if version is not None:
                edges.append((node.name, _version_name(version.number)))
    edges += [
        (_version_name(one.number), _version_name(other.number))
        for one, other in zip(run.versions, run.versions[1:], strict=False)
    ]
    if not round_nodes:
        edges += [(_RUN, _version_name(version.number)) for version in run.versions[:1]]
    review_nodes, review_edges = _reviews(run, rounds, reviews, round_nodes)
    columns = [
        ("Recipe", [Node(name=_RECIPE, kind=_RECIPE, label=run.name, note=run.model)]),
        ("Run", [_run_node(run)]),
        ("Rounds", round_nodes),
        ("Versions", [_version_node(run, entry, version) for version in run.versions]),
        ("Reviews", review_nodes),
    ]
    return lineage_graph(columns, [*edges, *review_edges], label=f"Lineage of {run.name}")


async def _rounds(ledger: BatchLedger, run: StoredRun) -> list[Batch]:
    found: list[Batch] = []
    while len(found) < _MOST_ROUNDS and (batch := await ledger.find_by_source(round_source(run.id, len(found)))):
        found.append(batch)
    return found


def _grouped(run: StoredRun, rounds: Sequence[Batch]) -> list[tuple[RunVersion | None, list[Batch]]]:
    """Return rounds by the version that was written next after they began; None for those after the last."""
    groups: list[tuple[RunVersion | None, list[Batch]]] = []
    for batch in rounds:
        into = next((version for version in run.versions if version.written_at >= batch.created_at), None)
        if not groups or groups[-1][0] != into:
            groups.append((into, []))
        groups[-1][1].append(batch)
    return groups


def _run_node(run: StoredRun) -> Node:
    return Node(name=_RUN, kind=_RUN, label="Run", note=run.state.value, href=f"/console/runs/{run.id}")


def _round_node(run: StoredRun, some: Sequence[Batch]) -> Node:
    first, last = some[0].spec.round, some[-1].spec.round
    numbers = [0 if each is None else each.number + 1 for each in (first, last)]
    accepted = sum(batch.counts.accepted for batch in some)
    note = f"{accepted:,} of {sum(batch.counts.input for batch in some):,} accepted"
    name = f"round {numbers[0]}"
    if len(some) == 1:
        return Node(
            name=name, kind="round", label=f"Round {numbers[0]}", note=note, href=f"/console/batches/{some[0].id}"
        )
    label = f"Rounds {numbers[0]} to {numbers[1]}"
    return Node(name=name, kind="round", label=label, note=note, href=f"/console/runs/{run.id}")


def _version_node(run: StoredRun, entry: CatalogEntry, version: RunVersion) -> Node:
    is_gone = entry.tombstone(version.number) is not None
    tags = ", ".join(entry.tags_of(version.number))
    note = "deleted" if is_gone else f"{version.rows:,} rows{f' · {tags}' if tags else ''}"
    href = "" if is_gone else f"/console/datasets/{run.id}/versions/{version.number}"
    name = _version_name(version.number)
    return Node(
        name=name, kind="gone" if is_gone else "version", label=f"Version {version.number}", note=note, href=href
    )


def _reviews(
    run: StoredRun, rounds: Sequence[Batch], reviews: Sequence[Review], round_nodes: Sequence[Node]
) -> tuple[list[Node], list[tuple[str, str]]]:
    """Return the reviews of versions and of rounds that stand apart, and what they are of."""
    sources = {f"{run.id}/v{version.number}": _version_name(version.number) for version in run.versions}
    drawn = {node.href.removeprefix("/console/batches/"): node.name for node in round_nodes}
    sources |= {batch.id: drawn[batch.id] for batch in rounds if batch.id in drawn}
    nodes: list[Node] = []
    edges: list[tuple[str, str]] = []
    for review in reviews:
        if review.source in sources and len(nodes) < _MOST_REVIEWS:
            note = f"{review.item_count:,} rows"
            href = f"/console/reviews/{review.id}"
            nodes.append(Node(name=review.id, kind="review", label=review.document.name, note=note, href=href))
            edges.append((sources[review.source], review.id))
    return nodes, edges


def _version_name(number: int) -> str:
    return f"version {number}"
