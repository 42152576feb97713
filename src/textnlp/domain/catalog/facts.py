"""What is told of an entry of the catalog, by name, as an answer over HTTP and a command's output have it."""

from collections.abc import Sequence
from typing import Any

from textnlp.domain.catalog.model import FACT_NAMES, CatalogEntry, CatalogEvent, Tombstone
from textnlp.domain.catalog.rules import current_version, kept_until
from textnlp.domain.datasets.stored_run import RunVersion


def dataset_facts(entry: CatalogEntry, versions: Sequence[RunVersion]) -> dict[str, Any]:
    """Return what is said of a dataset."""
    return {
        "id": entry.dataset_id,
        "current": current_version(entry, [version.number for version in versions]),
        "tags": dict(entry.tags),
        **{name: getattr(entry.facts, name) for name in FACT_NAMES},
        "revision": entry.revision,
    }


def version_facts(entry: CatalogEntry, versions: Sequence[RunVersion]) -> list[dict[str, Any]]:
    """Return what is told of each version; a deleted one has what is left of it, and no time to be kept until."""
    current = current_version(entry, [version.number for version in versions])
    told: list[dict[str, Any]] = []
    for version in versions:
        stone = entry.tombstone(version.number)
        told.append(
            {
                "number": version.number,
                "rows": version.rows,
                "written_at": version.written_at,
                "stopped_by": version.stopped_by,
                "is_current": version.number == current,
                "tags": entry.tags_of(version.number),
                "kept_until": kept_until(entry, version) if stone is None else None,
                "deleted": None if stone is None else tombstone_facts(stone),
            }
        )
    return told


def tombstone_facts(stone: Tombstone) -> dict[str, Any]:
    """Return what is left of a version."""
    return {
        "version": stone.version,
        "manifest_sha256": stone.manifest_sha256,
        "rows": stone.counts.accepted,
        "candidates": stone.counts.candidates,
        "by": stone.by,
        "at": stone.at,
        "why": stone.why,
        "was_forced": stone.was_forced,
        "erased_at": stone.erased_at,
    }


def event_facts(event: CatalogEvent) -> dict[str, Any]:
    """Return what is told of something that was done."""
    return {
        "position": event.position,
        "kind": event.kind,
        "by": event.by,
        "at": event.at,
        "why": event.why,
        "tag": event.tag,
        "version": event.version,
        "previous": event.previous,
        "changed": dict(event.changed),
    }
