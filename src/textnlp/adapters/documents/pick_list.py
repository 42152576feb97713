"""The lines of a file that values are picked from."""

from pathlib import Path

from textnlp.domain.errors import invalid_input
from textnlp.domain.recipes.sampler_columns import MAX_VALUES

_MOST_BYTES = 64 << 20


def read_pick_list(path: Path, *, field: str) -> list[str]:
    """Return the lines of a text file that are not blank; raises `INVALID_INPUT` with `field` where there are none.

    The same for a file that cannot be read, is no UTF-8, or has more than 100,000 lines or 64 MB.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise invalid_input(f"{field}: {path} is larger than {_MOST_BYTES >> 20} MB.", field=field)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise invalid_input(f"{field}: {path} cannot be read: {exc.strerror or exc}.", field=field) from exc
    except UnicodeDecodeError as exc:
        raise invalid_input(f"{field}: {path} is no UTF-8 text.", field=field) from exc
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > MAX_VALUES:
        raise invalid_input(f"{field}: {path} has {len(lines):,} lines; 1 to {MAX_VALUES:,} can be used.", field=field)
    return lines
