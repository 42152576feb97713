"""Clusters of rows that say the same, counted in bounded memory."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from textnlp.domain.diversity.distinct_count import DistinctCount
from textnlp.domain.reports.finding_figures import DuplicateCluster, DuplicateFigures, DuplicateMember

_MOST_CLUSTERS = 4_096
_LISTED_CLUSTERS = 10
_LISTED_MEMBERS = 3


@dataclass(slots=True)
class _Cluster:
    removed: int = 0
    members: list[DuplicateMember] = field(default_factory=list[DuplicateMember])


class DuplicateTally:
    """Counts removed rows by the row that was kept.

    Up to 8,192 clusters are counted exactly. Beyond, the smaller half is forgotten, and a cluster that comes (again)
    begins at the largest count that was: counts are upper bounds then, and no larger cluster is missed (the idea of
    Manku and Motwani's lossy counting, 2002).
    """

    def __init__(self) -> None:
        self.removed = 0
        self._keepers = DistinctCount()
        self._pending: list[bytes] = []
        self._clusters: dict[str, _Cluster] = {}
        self._forgotten = 0

    def add(self, row: str, *, keeper: str, similarity: float | None = None, text: str | None) -> None:
        """Count a removed row and the one that was kept in its place; `text` is how it begins."""
        self.removed += 1
        self._pending.append(hashlib.blake2b(keeper.encode(), digest_size=8).digest())
        if len(self._pending) >= _MOST_CLUSTERS:
            self._take_keepers()
        cluster = self._clusters.get(keeper)
        if cluster is None:
            if len(self._clusters) >= 2 * _MOST_CLUSTERS:
                self._forget()
            cluster = self._clusters[keeper] = _Cluster(removed=self._forgotten)
        cluster.removed += 1
        if len(cluster.members) < _LISTED_MEMBERS:
            cluster.members.append(DuplicateMember(row=row, similarity=similarity, text=text))

    def figures(self) -> DuplicateFigures | None:
        """Return the figures so far; None where no row was removed."""
        if not self.removed:
            return None
        self._take_keepers()
        return DuplicateFigures(
            removed=self.removed,
            clusters=self._keepers.count,
            largest=[
                DuplicateCluster(keeper=keeper, removed=cluster.removed, members=cluster.members)
                for keeper, cluster in self._ranked()[:_LISTED_CLUSTERS]
            ],
        )

    def _ranked(self) -> list[tuple[str, _Cluster]]:
        return sorted(self._clusters.items(), key=lambda pair: -pair[1].removed)

    def _forget(self) -> None:
        ranked = self._ranked()
        self._forgotten = ranked[_MOST_CLUSTERS][1].removed
        self._clusters = dict(ranked[:_MOST_CLUSTERS])

    def _take_keepers(self) -> None:
        self._keepers.add(np.frombuffer(b"".join(self._pending), dtype=np.uint64))
        self._pending.clear()
