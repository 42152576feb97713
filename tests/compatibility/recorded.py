"""Releases as `tools/record_release.py` left them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
from tools.record_release import RELEASES, Release
from tools.release_messages import PostedEvent, SentMessage
from tools.release_platform import PlatformRecord
from tools.release_surface import Surface

FOLDERS = sorted(path.parent for path in RELEASES.glob("*/release.json"))
NAMES = [folder.name for folder in FOLDERS]


def release_of(folder: Path) -> Release:
    """Return what a release says of itself."""
    return msgspec.json.decode((folder / "release.json").read_bytes(), type=Release)


def messages_of(folder: Path) -> Sequence[SentMessage]:
    """Return the messages that a release sent."""
    return msgspec.json.Decoder(SentMessage).decode_lines((folder / "messages.jsonl").read_bytes())


def posted_of(folder: Path) -> Sequence[PostedEvent]:
    """Return what a release posted to webhooks."""
    return msgspec.json.Decoder(PostedEvent).decode_lines((folder / "webhooks.jsonl").read_bytes())


def platform_of(folder: Path) -> PlatformRecord:
    """Return what a platform of a release answered."""
    return msgspec.json.decode((folder / "platform.json").read_bytes(), type=PlatformRecord)


def surface_of(folder: Path) -> Surface:
    """Return the names that a release had."""
    return msgspec.json.decode((folder / "surface.json").read_bytes(), type=Surface)


def lost(before: Any, now: Any, place: str = "") -> list[str]:
    """Return what was in a JSON value and is not in a later one, or is another there; what is added is no loss."""
    if isinstance(before, dict) and isinstance(now, dict):
        known, found = cast("dict[str, Any]", before), cast("dict[str, Any]", now)
        gone = [f"{place}/{key}" for key in known if key not in found]
        return gone + [each for key in known if key in found for each in lost(known[key], found[key], f"{place}/{key}")]
    if isinstance(before, list) and isinstance(now, list):
        many, others = cast("list[Any]", before), cast("list[Any]", now)
        if len(many) != len(others):
            return [f"{place}: {len(many)} are {len(others)}"]
        return [each for n, part in enumerate(many) for each in lost(part, others[n], f"{place}/{n}")]
    return [] if before == now else [f"{place}: {before!r} is {now!r}"]


def shape(value: Any) -> Any:
    """Return a JSON value with the names of types in the place of texts and numbers."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [shape(each) for each in cast("list[Any]", value)]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
