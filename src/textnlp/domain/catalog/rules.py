"""What may be done to an entry of the catalog, and what comes of it."""

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from textnlp.domain.catalog.licenses import read_license
from textnlp.domain.catalog.model import (
    CURRENT,
    Act,
    CatalogEntry,
    CatalogEvent,
    Change,
    EventKind,
    Tombstone,
)
from textnlp.domain.catalog.refusals import (
    no_such_version,
    tag_is_elsewhere,
    version_is_gone,
    version_is_protected,
)
from textnlp.domain.datasets.stored_run import RunVersion
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input, not_found

_TAG = re.compile(r"[a-z][a-z0-9._-]{0,63}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_MOST_TAGS = 200
_MOST_CHARACTERS = 2_000
_MOST_DAYS = 36_500


def available_versions(entry: CatalogEntry, numbers: Collection[int]) -> list[int]:
    """Return the numbers of the versions that are there, the first one first; `numbers` are those that ever were."""
    return sorted(number for number in numbers if entry.tombstone(number) is None)


def current_version(entry: CatalogEntry, numbers: Collection[int]) -> int | None:
    """Return the version that is read where none is named: the one tagged `current`, else the latest; None for none."""
    there = available_versions(entry, numbers)
    return entry.tags.get(CURRENT, there[-1] if there else None)


def find_available(entry: CatalogEntry, numbers: Collection[int], *, named: str) -> int:
    """Return the version that a number or a tag names; raises `NOT_FOUND`, and `GONE` where it was deleted."""
    there = available_versions(entry, numbers)
    if named == CURRENT and CURRENT not in entry.tags and there:
        return there[-1]
    number = int(named) if _NUMBER.fullmatch(named) else entry.tags.get(named)
    if number is None:
        raise no_such_version(repr(named), there)
    require_available(entry, numbers, number=number)
    return number


def require_available(entry: CatalogEntry, numbers: Collection[int], *, number: int) -> None:
    """Raise `GONE` for a version that was deleted, `NOT_FOUND` for one that never was."""
    tombstone = entry.tombstone(number)
    if tombstone is not None:
        raise version_is_gone(tombstone)
    there = available_versions(entry, numbers)
    if number not in there:
        raise no_such_version(number, there)


def set_tag(
    entry: CatalogEntry, numbers: Collection[int], *, tag: str, version: int, act: Act, is_moved: bool
) -> Change:
    """Let a tag name a version; raises `CONFLICT` where it names another one, unless it is to be moved."""
    if _TAG.fullmatch(tag) is None:
        raise invalid_input(
            f"{tag!r} is no tag: up to 64 of a-z, 0-9, dot, underscore and hyphen, the first a letter.", field="tag"
        )
    require_available(entry, numbers, number=version)
    previous = entry.tags.get(tag)
    if previous == version:
        return Change(entry=entry)
    if previous is not None and not is_moved:
        raise tag_is_elsewhere(tag, previous)
    if previous is None and len(entry.tags) >= _MOST_TAGS:
        raise invalid_input(f"A dataset has {_MOST_TAGS} tags at most.", field="tag")
    event = _event(entry, EventKind.TAGGED, act, tag=tag, version=version, previous=previous)
    return _changed(entry, event, tags={**entry.tags, tag: version})


def remove_tag(entry: CatalogEntry, *, tag: str, act: Act) -> Change:
    """Remove a tag; raises `NOT_FOUND` for one that is not set."""
    if tag not in entry.tags:
        raise not_found(f"There is no tag {tag!r}; there are {', '.join(sorted(entry.tags)) or 'none'}.")
    event = _event(entry, EventKind.UNTAGGED, act, tag=tag, version=entry.tags[tag])
    return _changed(entry, event, tags=_without(entry.tags, tag))


def roll_back(entry: CatalogEntry, numbers: Collection[int], *, to: int | None, act: Act) -> Change:
    """Let `current` go back to an earlier version, the one before where none is named.

    Raises `INVALID_INPUT` without a reason, `CONFLICT` where the version is not an earlier one.
    """
    _require_reason(act)
    now = current_version(entry, numbers)
    earlier = [number for number in available_versions(entry, numbers) if now is not None and number < now]
    if to is None and earlier:
        to = earlier[-1]
    if to is not None:
        require_available(entry, numbers, number=to)
    if to is None or to not in earlier:
        raise TextNLPError(
            f"Version {to} is not earlier than {now}, the current one." if to else "There is no earlier version.",
            kind=ErrorKind.CONFLICT,
        )
    event = _event(entry, EventKind.ROLLED_BACK, act, tag=CURRENT, version=to, previous=now)
    return _changed(entry, event, tags={**entry.tags, CURRENT: to})


def change_facts(entry: CatalogEntry, given: Mapping[str, Any], *, act: Act) -> Change:
    """Set facts by name, None to clear one; `keep_until` and `keep_days` take each other's place.

    Raises `INVALID_INPUT` naming the field.
    """
    changes = dict(given)
    if changes.get("keep_until") is not None and changes.get("keep_days") is not None:
        raise invalid_input("keep_days and keep_until cannot both hold; give one.", field="keep_days")
    for name, other in (("keep_until", "keep_days"), ("keep_days", "keep_until")):
        if changes.get(name) is not None:
            changes[other] = None
    if changes.get("license") is not None:
        changes["license"] = read_license(changes["license"])
    _require_fitting(changes)
    if changes.get("keep_until") is not None:
        changes["keep_until"] = _in_utc(changes["keep_until"])
    facts = dataclasses.replace(entry.facts, **changes)
    changed = {name: value for name, value in changes.items() if value != getattr(entry.facts, name)}
    if not changed:
        return Change(entry=entry)
    shown = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in changed.items()}
    return _changed(entry, _event(entry, EventKind.FACTS_CHANGED, act, changed=shown), facts=facts)


def kept_until(entry: CatalogEntry, version: RunVersion) -> datetime | None:
    """Return until when a version is kept, after which it may go; None where nothing was said."""
    if entry.facts.keep_days is not None:
        return version.written_at + timedelta(days=entry.facts.keep_days)
    return entry.facts.keep_until


def protections(entry: CatalogEntry, version: RunVersion, *, now: datetime) -> list[str]:
    """Return what keeps a version from being deleted, a phrase each."""
    found = [f"it has the tag {tag}" for tag in entry.tags_of(version.number)]
    if entry.facts.hold is not None:
        found.append(f"the dataset is on hold ({entry.facts.hold})")
    until = kept_until(entry, version)
    if until is not None and until > now:
        found.append(f"it is kept until {until:%Y-%m-%d %H:%M} UTC")
    return found


def bury(
    entry: CatalogEntry, versions: Sequence[RunVersion], *, tombstone: Tombstone, act: Act, is_forced: bool
) -> Change:
    """Put a tombstone in the place of a version, whose tags go with it.

    Raises `INVALID_INPUT` without a reason, `CONFLICT` with everything that protects it unless forced.
    """
    _require_reason(act)
    number = tombstone.version
    require_available(entry, [each.number for each in versions], number=number)
    version = next(each for each in versions if each.number == number)
    reasons = protections(entry, version, now=act.at)
    if reasons and not is_forced:
        raise version_is_protected(number, reasons)
    change = Change(entry=entry)
    for tag in entry.tags_of(number):
        removed = remove_tag(change.entry, tag=tag, act=act)
        change = Change(entry=removed.entry, events=(*change.events, *removed.events))
    stone = dataclasses.replace(tombstone, was_forced=bool(reasons))
    stones = tuple(sorted((*entry.tombstones, stone), key=lambda each: each.version))
    event = _event(change.entry, EventKind.DELETED, act, version=number)
    buried = _changed(change.entry, event, tombstones=stones)
    return Change(entry=buried.entry, events=(*change.events, *buried.events))


def mark_erased(entry: CatalogEntry, *, version: int, at: datetime) -> Change:
    """Note that the files of a deleted version are gone."""
    stones = tuple(
        dataclasses.replace(each, erased_at=at) if each.version == version and each.erased_at is None else each
        for each in entry.tombstones
    )
    return Change(entry=dataclasses.replace(entry, tombstones=stones))


def expired_versions(entry: CatalogEntry, versions: Sequence[RunVersion], *, now: datetime) -> list[RunVersion]:
    """Return the versions whose time is over and that nothing protects."""
    there = set(available_versions(entry, [each.number for each in versions]))
    return [
        version
        for version in versions
        if version.number in there
        and kept_until(entry, version) is not None
        and not protections(entry, version, now=now)
    ]


def _require_reason(act: Act) -> None:
    if not (act.why or "").strip():
        raise invalid_input("Say why; the history keeps it.", field="why")


def _require_fitting(changes: Mapping[str, Any]) -> None:
    for name in ("description", "hold"):
        text = changes.get(name)
        if text is not None and not 0 < len(text.strip()) <= len(text) <= _MOST_CHARACTERS:
            raise invalid_input(f"{name} has 1 to {_MOST_CHARACTERS:,} characters.", field=name)
    days, until = changes.get("keep_days"), changes.get("keep_until")
    if days is not None and not 0 <= days <= _MOST_DAYS:
        raise invalid_input(f"keep_days is from 0 to {_MOST_DAYS:,}.", field="keep_days")
    if until is not None and until.tzinfo is None:
        raise invalid_input("keep_until needs a time zone.", field="keep_until")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as exc:
        raise invalid_input("keep_until lies beyond the years that can be told.", field="keep_until") from exc


def _event(entry: CatalogEntry, kind: EventKind, act: Act, **about: Any) -> CatalogEvent:
    return CatalogEvent(position=entry.event_count + 1, kind=kind, by=act.by, at=act.at, why=act.why, **about)


def _changed(entry: CatalogEntry, event: CatalogEvent, **changes: Any) -> Change:
    changed = dataclasses.replace(entry, event_count=event.position, **changes)
    return Change(entry=changed, events=(event,))


def _without(tags: Mapping[str, int], tag: str) -> dict[str, int]:
    return {name: version for name, version in tags.items() if name != tag}
