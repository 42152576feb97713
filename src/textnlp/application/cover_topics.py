"""Tell how the accepted rows of a run cover its tree of topics."""

from collections import Counter

from textnlp.application.run_dataset import CollectedRows, DatasetRunner
from textnlp.domain.datasets.model import RowFate
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.topics.coverage import coverage, coverage_document
from textnlp.domain.topics.tree import TopicTree

_TOPIC = "topic"


async def cover_topics(runner: DatasetRunner, collected: CollectedRows, tree: TopicTree | None) -> JsonObject | None:
    """Return rows by topic, and topics without rows, under `topics`; None where rows begin with no topics."""
    if tree is None:
        return None
    accepted: Counter[str] = Counter()
    async for rows in runner.rows(collected.rounds):
        accepted.update(
            str(row.seed[_TOPIC]) for row in rows if row.fate is RowFate.ACCEPTED and row.seed and _TOPIC in row.seed
        )
    return {"topics": coverage_document(coverage(tree, accepted.elements()))}
