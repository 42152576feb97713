"""Pages that a command writes."""

from pathlib import Path

from textnlp.domain.errors import ErrorKind, TextNLPError


def write_page(path: Path, page: bytes) -> None:
    """Write a page, whole or not at all, in place of one that is there; raises `UNAVAILABLE` where that fails."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(page)
        partial.replace(path)
    except OSError as exc:
        partial.unlink(missing_ok=True)
        raise TextNLPError(f"{path} cannot be written: {exc.strerror}.", kind=ErrorKind.UNAVAILABLE) from exc
