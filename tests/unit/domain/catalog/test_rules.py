from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from textnlp.domain.catalog.model import CURRENT, Act, CatalogEntry, Change, EventKind, Tombstone
from textnlp.domain.catalog.rules import (
    available_versions,
    bury,
    change_facts,
    current_version,
    expired_versions,
    find_available,
    mark_erased,
    protections,
    remove_tag,
    roll_back,
    set_tag,
)
from textnlp.domain.datasets.model import DatasetCounts
from textnlp.domain.datasets.stored_run import RunVersion
from textnlp.domain.errors import ErrorKind, TextNLPError

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ACT = Act(by="ann", at=NOON, why="It is so.")
SILENT = Act(by="ann", at=NOON)
VERSIONS = [RunVersion(number=number, rows=number, written_at=NOON - (4 - number) * DAY) for number in (1, 2, 3)]
NUMBERS = [1, 2, 3]


def entry(**tags: int) -> CatalogEntry:
    return CatalogEntry(dataset_id="d", tenant="t", tags=tags)


def stone(version: int) -> Tombstone:
    return Tombstone(version=version, manifest_sha256="ab", counts=DatasetCounts(), by="ann", at=NOON, why="It is so.")


def buried(found: CatalogEntry, version: int, *, act: Act = ACT, is_forced: bool = False) -> Change:
    return bury(found, VERSIONS, tombstone=stone(version), act=act, is_forced=is_forced)


def kind_of(caught: pytest.ExceptionInfo[TextNLPError]) -> tuple[ErrorKind, str | None]:
    return caught.value.kind, caught.value.facts.field


def test_the_current_version_is_the_latest_until_it_is_tagged() -> None:
    assert current_version(entry(), NUMBERS) == 3
    assert current_version(entry(current=1), NUMBERS) == 1
    assert current_version(entry(), []) is None
    assert current_version(buried(entry(), 3).entry, NUMBERS) == 2


@pytest.mark.parametrize(("named", "number"), [("2", 2), ("gold", 1), (CURRENT, 3)])
def test_a_version_is_named_by_its_number_or_a_tag(named: str, number: int) -> None:
    assert find_available(entry(gold=1), NUMBERS, named=named) == number


@pytest.mark.parametrize("named", ["4", "02", "", "silver", "-1", "9" * 30])
def test_a_version_that_never_was_is_not_found(named: str) -> None:
    with pytest.raises(TextNLPError, match="there are 1, 2, 3") as caught:
        find_available(entry(gold=1), NUMBERS, named=named)
    assert caught.value.kind is ErrorKind.NOT_FOUND


def test_a_tag_moves_only_on_purpose_and_the_event_says_from_where() -> None:
    first = set_tag(entry(), NUMBERS, tag="gold", version=1, act=ACT, is_moved=False)
    with pytest.raises(TextNLPError, match="The tag gold names version 1") as caught:
        set_tag(first.entry, NUMBERS, tag="gold", version=2, act=ACT, is_moved=False)
    assert kind_of(caught) == (ErrorKind.CONFLICT, "move")
    moved = set_tag(first.entry, NUMBERS, tag="gold", version=2, act=ACT, is_moved=True)
    event = moved.events[0]
    assert (event.position, event.previous, event.version, event.by, event.why) == (2, 1, 2, "ann", "It is so.")
    assert set_tag(moved.entry, NUMBERS, tag="gold", version=2, act=ACT, is_moved=False).events == ()


@pytest.mark.parametrize("tag", ["", "Gold", "1st", "a b", "a/b", "a" * 65])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        set_tag(entry(), NUMBERS, tag=tag, version=1, act=ACT, is_moved=False)
    assert kind_of(caught) == (ErrorKind.INVALID_INPUT, "tag")


def test_a_dataset_has_200_tags_at_most() -> None:
    full = entry(**{f"t{number}": 1 for number in range(200)})
    with pytest.raises(TextNLPError, match="200 tags at most"):
        set_tag(full, NUMBERS, tag="gold", version=1, act=ACT, is_moved=False)


def test_a_tag_that_is_not_set_cannot_be_removed() -> None:
    assert remove_tag(entry(gold=1), tag="gold", act=ACT).entry.tags == {}
    with pytest.raises(TextNLPError, match="there are gold"):
        remove_tag(entry(gold=1), tag="silver", act=ACT)


def test_rolling_back_goes_to_an_earlier_version_that_is_there() -> None:
    once = roll_back(entry(), NUMBERS, to=None, act=ACT)
    assert (once.entry.tags, once.events[0].kind, once.events[0].previous) == ({CURRENT: 2}, EventKind.ROLLED_BACK, 3)
    assert roll_back(once.entry, NUMBERS, to=1, act=ACT).entry.tags == {CURRENT: 1}
    without = buried(entry(), 2).entry
    assert roll_back(without, NUMBERS, to=None, act=ACT).entry.tags == {CURRENT: 1}


@pytest.mark.parametrize(
    ("found", "to", "act", "kind"),
    [
        (entry(current=2), 3, ACT, ErrorKind.CONFLICT),
        (entry(current=2), 2, ACT, ErrorKind.CONFLICT),
        (entry(current=1), None, ACT, ErrorKind.CONFLICT),
        (entry(), 9, ACT, ErrorKind.NOT_FOUND),
        (entry(), 1, SILENT, ErrorKind.INVALID_INPUT),
    ],
)
def test_what_is_no_way_back_is_refused(found: CatalogEntry, to: int | None, act: Act, kind: ErrorKind) -> None:
    with pytest.raises(TextNLPError) as caught:
        roll_back(found, NUMBERS, to=to, act=act)
    assert caught.value.kind is kind


def test_facts_are_set_and_cleared_and_told() -> None:
    first = change_facts(entry(), {"license": "mit or apache-2.0", "keep_until": NOON, "hold": "audit"}, act=ACT)
    assert first.entry.facts.license == "MIT OR Apache-2.0"
    assert first.events[0].changed == {
        "license": "MIT OR Apache-2.0",
        "keep_until": "2026-03-01T12:00:00+00:00",
        "hold": "audit",
    }
    second = change_facts(first.entry, {"keep_days": 3, "hold": None}, act=ACT)
    facts = second.entry.facts
    assert (facts.keep_until, facts.keep_days, facts.hold, facts.license) == (None, 3, None, "MIT OR Apache-2.0")
    assert change_facts(second.entry, {"keep_days": 3}, act=ACT).events == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"license": "CC-BY"}, "license"),
        ({"description": " "}, "description"),
        ({"hold": "a" * 2_001}, "hold"),
        ({"keep_days": -1}, "keep_days"),
        ({"keep_until": datetime(2026, 1, 1)}, "keep_until"),  # noqa: DTZ001  that is what is wrong with it
        ({"keep_until": datetime.max.replace(tzinfo=timezone(-DAY / 2))}, "keep_until"),
        ({"keep_until": NOON, "keep_days": 1}, "keep_days"),
    ],
)
def test_a_fact_that_does_not_fit_is_named(given: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        change_facts(entry(), given, act=ACT)
    assert kind_of(caught) == (ErrorKind.INVALID_INPUT, field)


def test_everything_that_protects_a_version_is_named() -> None:
    found = change_facts(entry(gold=1, current=1), {"keep_until": NOON + DAY, "hold": "audit"}, act=ACT).entry
    with pytest.raises(TextNLPError) as caught:
        buried(found, 1)
    assert caught.value.kind is ErrorKind.CONFLICT
    for part in ("the tag current", "the tag gold", "on hold (audit)", "kept until 2026-03-02 12:00 UTC"):
        assert part in caught.value.message
    assert protections(found, VERSIONS[1], now=NOON) == protections(found, VERSIONS[2], now=NOON)


def test_a_forced_deletion_takes_the_tags_along_and_says_so() -> None:
    change = buried(entry(gold=1, current=1, other=2), 1, is_forced=True)
    assert change.entry.tags == {"other": 2}
    assert [(event.position, event.kind, event.tag) for event in change.events] == [
        (1, EventKind.UNTAGGED, CURRENT),
        (2, EventKind.UNTAGGED, "gold"),
        (3, EventKind.DELETED, None),
    ]
    assert change.entry.tombstones[0].was_forced
    assert not buried(entry(), 2, is_forced=True).entry.tombstones[0].was_forced


def test_a_deleted_version_is_gone_and_its_tombstone_says_why() -> None:
    found = buried(entry(), 2).entry
    assert available_versions(found, NUMBERS) == [1, 3]
    for refused in (
        lambda: find_available(found, NUMBERS, named="2"),
        lambda: set_tag(found, NUMBERS, tag="gold", version=2, act=ACT, is_moved=False),
        lambda: roll_back(found, NUMBERS, to=2, act=ACT),
        lambda: buried(found, 2),
    ):
        with pytest.raises(TextNLPError, match="Version 2 was deleted by ann on 2026-03-01: It is so") as caught:
            refused()
        assert caught.value.kind is ErrorKind.GONE
    with pytest.raises(TextNLPError) as caught:
        buried(entry(), 2, act=SILENT)
    assert kind_of(caught) == (ErrorKind.INVALID_INPUT, "why")


def test_what_was_erased_is_noted_once() -> None:
    found = buried(entry(), 2).entry
    assert found.is_swept
    erased = mark_erased(found, version=2, at=NOON).entry
    assert (erased.is_swept, erased.tombstones[0].erased_at) == (False, NOON)
    assert mark_erased(erased, version=2, at=NOON + DAY).entry == erased


def test_versions_expire_by_their_days_or_all_at_once_unless_something_protects_them() -> None:
    def expired(given: dict[str, Any], **tags: int) -> list[int]:
        found = change_facts(entry(**tags), given, act=ACT).entry
        return [version.number for version in expired_versions(found, VERSIONS, now=NOON)]

    assert expired({"description": "x"}) == []
    assert expired({"keep_days": 2}) == [1, 2]
    assert expired({"keep_days": 2}, gold=1) == [2]
    assert expired({"keep_until": NOON}) == [1, 2, 3]
    assert expired({"keep_until": NOON + DAY}) == []
    assert expired({"keep_days": 0, "hold": "audit"}) == []
