import dataclasses
from datetime import timedelta

import msgspec

from tests.unit.domain.catalog.test_rules import NOON, VERSIONS, entry, stone
from textnlp.domain.catalog.facts import dataset_facts, event_facts, tombstone_facts, version_facts
from textnlp.domain.catalog.model import CatalogEvent, CatalogFacts, EventKind


def test_versions_are_told_with_their_tags_and_until_when_they_are_kept() -> None:
    found = dataclasses.replace(entry(current=2, gold=2), facts=CatalogFacts(keep_days=10))
    told = version_facts(found, VERSIONS)
    assert [(each["number"], each["is_current"], each["tags"]) for each in told] == [
        (1, False, []),
        (2, True, ["current", "gold"]),
        (3, False, []),
    ]
    assert told[2]["kept_until"] == VERSIONS[2].written_at + timedelta(days=10)


def test_a_deleted_version_is_told_by_its_tombstone_and_kept_no_longer() -> None:
    found = dataclasses.replace(entry(), facts=CatalogFacts(keep_days=10), tombstones=(stone(3),))
    told = version_facts(found, VERSIONS)
    assert (told[2]["kept_until"], told[2]["deleted"]) == (None, tombstone_facts(stone(3)))
    assert dataset_facts(found, VERSIONS)["current"] == 2


def test_what_is_told_is_json() -> None:
    event = CatalogEvent(position=1, kind=EventKind.TAGGED, by="ann", at=NOON, tag="gold", version=1)
    assert msgspec.json.decode(msgspec.json.encode(event_facts(event)))["kind"] == "tagged"
    assert msgspec.json.decode(msgspec.json.encode(dataset_facts(entry(gold=1), VERSIONS)))["tags"] == {"gold": 1}
