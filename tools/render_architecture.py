"""Draw the platform from its declaration: writes the pictures of docs/explanation/architecture.md."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.architecture_picture import containers_picture, context_picture

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "explanation"
PICTURES: Mapping[str, Callable[[], str]] = {
    "architecture-context.svg": context_picture,
    "architecture-processes.svg": containers_picture,
}
"""File name and what draws it."""


def main() -> None:
    """Write the pictures."""
    for name, draw in PICTURES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
