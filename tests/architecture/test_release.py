import hashlib
import io
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tools.build_release import archive, sums, with_licences
from tools.changelog import FRAGMENTS, TITLE, fragments, release, section

MOMENT = datetime(2026, 11, 27, tzinfo=UTC)
DAY = MOMENT.date()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "changelog.d").mkdir()
    for name, text in {
        "README.md": "How it is done.",
        "b.added.md": "Something\nnew.\n",
        "a.added.md": "Another thing.",
        "c.d.removed.md": "Something is gone.",
    }.items():
        (tmp_path / "changelog.d" / name).write_text(text)
    return tmp_path


def test_every_fragment_says_what_it_is_and_is_one_paragraph() -> None:
    for path in fragments(FRAGMENTS):
        text = path.read_text(encoding="utf-8").strip()
        assert text, path.name
        assert "\n\n" not in text, path.name


def test_changes_are_put_together_by_kind_what_is_gone_first(folder: Path) -> None:
    told = section("1.2.3", fragments(folder / "changelog.d"), released=date(2026, 11, 27))
    assert told == (
        "## 1.2.3 (2026-11-27)\n\n### Removed\n\n- Something is gone.\n\n"
        "### Added\n\n- Another thing.\n- Something new.\n"
    )


def test_a_fragment_of_another_name_is_refused(folder: Path) -> None:
    (folder / "changelog.d" / "d.broken.md").write_text("?")
    with pytest.raises(ValueError, match=r"d\.broken\.md"):
        fragments(folder / "changelog.d")


def test_a_release_is_the_first_section_and_uses_its_fragments_up(folder: Path) -> None:
    place, changelog = folder / "changelog.d", folder / "CHANGELOG.md"
    release("1.2.3", released=DAY, folder=place, changelog=changelog)
    assert [path.name for path in place.iterdir()] == ["README.md"]
    (place / "e.fixed.md").write_text("A fault.")
    release("1.2.4", released=DAY, folder=place, changelog=changelog)
    text = changelog.read_text()
    assert text.startswith(f"{TITLE}\n## 1.2.4 ")
    assert text.index("A fault.") < text.index("## 1.2.3 ") < text.index("Another thing.")


def test_the_same_files_are_the_same_archive(folder: Path) -> None:
    packed = archive(folder, "release")
    (folder / "changelog.d" / "README.md").touch()
    assert archive(folder, "release") == packed
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        assert "release/changelog.d/a.added.md" in files.getnames()


def test_parts_have_their_licences_and_nothing_by_chance() -> None:
    document: dict[str, Any] = {
        "serialNumber": "urn:uuid:by-chance",
        "metadata": {"timestamp": "now", "tools": []},
        "components": [{"name": "Some.Package"}, {"name": "other"}],
    }
    told = with_licences(document, {"some-package": "MIT"}, moment=MOMENT)
    assert told["components"] == [{"name": "Some.Package", "licenses": [{"expression": "MIT"}]}, {"name": "other"}]
    assert told["metadata"] == {"timestamp": MOMENT.isoformat(), "tools": []}
    assert told == with_licences(document | {"serialNumber": "another"}, {"some-package": "MIT"}, moment=MOMENT)


def test_hashes_are_as_sha256sum_reads_them(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"wheel")
    (tmp_path / "SHA256SUMS").write_text("old")
    assert sums(tmp_path) == f"{hashlib.sha256(b'wheel').hexdigest()}  a.whl\n"
