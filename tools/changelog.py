"""What users notice of a version, put together from changelog.d; `--release` keeps it in CHANGELOG.md.

Without arguments the section of the version in pyproject.toml is printed. With `--release` it becomes the first one of
CHANGELOG.md, and its fragments are removed: run it in the commit that is released.
"""

import argparse
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import textnlp

ROOT = Path(__file__).resolve().parent.parent
FRAGMENTS = ROOT / "changelog.d"
CHANGELOG = ROOT / "CHANGELOG.md"
TITLE = "# Changes\n"

_KINDS: Mapping[str, str] = {"removed": "Removed", "changed": "Changed", "fixed": "Fixed", "added": "Added"}
"""What concerns whoever upgrades comes first."""


def fragments(folder: Path) -> list[Path]:
    """Return the fragments in a folder by name; raise `ValueError` for one whose name does not say what it is."""
    found = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    for path in found:
        topic, _, kind = path.stem.rpartition(".")
        if not topic or kind not in _KINDS:
            raise ValueError(f"{path.name} is not named <topic>.<{'|'.join(_KINDS)}>.md")
    return found


def section(version: str, paths: Sequence[Path], *, released: date) -> str:
    """Return the section of a version: its changes by kind, each on one line."""
    lines = [f"## {version} ({released.isoformat()})", ""]
    for kind, title in _KINDS.items():
        told = [" ".join(path.read_text(encoding="utf-8").split()) for path in paths if path.stem.endswith(f".{kind}")]
        if told:
            lines += [f"### {title}", "", *(f"- {each}" for each in told), ""]
    return "\n".join(lines)


def release(version: str, *, released: date, folder: Path = FRAGMENTS, changelog: Path = CHANGELOG) -> None:
    """Put the section of a version first in the changelog, and remove its fragments."""
    paths = fragments(folder)
    before = changelog.read_text(encoding="utf-8").removeprefix(TITLE) if changelog.exists() else ""
    changelog.write_text(f"{TITLE}\n{section(version, paths, released=released)}{before}", encoding="utf-8")
    for path in paths:
        path.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="store_true")
    parser.add_argument("--date", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")  # noqa: DTZ011  the day where it is released
    given = parser.parse_args()
    if given.release:
        release(textnlp.__version__, released=given.date)
    else:
        print(section(textnlp.__version__, fragments(FRAGMENTS), released=given.date))
