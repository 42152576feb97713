"""Why something cannot be done to a version, in the words of its reader."""

from collections.abc import Sequence

from textnlp.domain.catalog.model import Tombstone
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found


def version_is_gone(tombstone: Tombstone) -> TextNLPError:
    """Build the error for a version that was deleted."""
    return TextNLPError(
        f"Version {tombstone.version} was deleted by {tombstone.by} on {tombstone.at:%Y-%m-%d}: {tombstone.why}",
        kind=ErrorKind.GONE,
        facts=ErrorFacts(hint="Its tombstone says what it held; name another version."),
    )


def no_such_version(version: int | str, there: Sequence[int]) -> TextNLPError:
    """Build the error for a version that never was."""
    return not_found(f"There is no version {version}; there are {', '.join(map(str, there)) or 'none'}.")


def tag_is_elsewhere(tag: str, version: int) -> TextNLPError:
    """Build the error for a tag that would be moved without being told to."""
    return TextNLPError(
        f"The tag {tag} names version {version}.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint='Say that it is to be moved: --move, or "move": true over HTTP.', field="move"),
    )


def version_is_protected(version: int, reasons: Sequence[str]) -> TextNLPError:
    """Build the error for a version that something keeps from being deleted."""
    return TextNLPError(
        f"Version {version} is protected: {'; '.join(reasons)}.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Remove what protects it, or delete it all the same: --force, or force=true over HTTP."),
    )
