"""Which texts are paths of blobs."""

import re

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

RESERVED_FOLDER = ".textnlp-partial"
"""First part of a path under which the local folder keeps what is not completely written."""

MAX_PATH_CHARACTERS = 1024
MAX_PART_BYTES = 255

_FORBIDDEN_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_UNFINISHED_ENDINGS = ("~", ".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp")


def require_blob_path(path: str) -> None:
    """Raise `INVALID_INPUT`, saying what is wrong, unless `path` names a blob.

    Beside the port's rules a path has at most 1,024 characters (Azure's limit) and each part at most 255 bytes (that
    of file systems), so that a path that one store takes is taken by every other.
    """
    if path.startswith("/"):
        raise _path_error(path, "it is absolute")
    if len(path) > MAX_PATH_CHARACTERS:
        raise _path_error(path, f"it has more than {MAX_PATH_CHARACTERS} characters")
    for part in path.split("/"):
        if fault := _part_fault(part):
            raise _path_error(path, fault)
    if path.split("/", 1)[0] == RESERVED_FOLDER:
        raise _path_error(path, f"{RESERVED_FOLDER} is kept for what is not completely written")


def require_prefix(prefix: str) -> None:
    """Raise `INVALID_INPUT` unless `prefix` is empty, a folder ending in `/`, or the start of a path."""
    folder, _, start = prefix.rpartition("/")
    if prefix.startswith("/"):
        raise _path_error(prefix, "it is absolute")
    if folder:
        require_blob_path(folder)
    if _FORBIDDEN_CHARACTER.search(start):
        raise _path_error(prefix, "it has a control character, a backslash or half a character")


def is_blob_name(name: str) -> bool:
    """Tell whether `name` can be one part of a path."""
    return _part_fault(name) is None


def is_unfinished(path: str) -> bool:
    """Tell whether a path names what programs write before they rename it: hidden, or with a temporary ending."""
    parts = path.split("/")
    return any(part.startswith(".") for part in parts) or parts[-1].lower().endswith(_UNFINISHED_ENDINGS)


def _part_fault(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return "it is empty" if not part else f"a part of it is '{part}'"
    if _FORBIDDEN_CHARACTER.search(part):
        return "it has a control character, a backslash or half a character"
    if len(part.encode()) > MAX_PART_BYTES:
        return f"a part of it is longer than {MAX_PART_BYTES} bytes"
    return None


def _path_error(path: str, fault: str) -> TextNLPError:
    shown = ascii(path if len(path) <= MAX_PART_BYTES else path[:MAX_PART_BYTES] + "…")
    return TextNLPError(
        f"{shown} is not a path of a blob: {fault}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint="Use a relative path with '/' between parts.", field="path"),
    )
