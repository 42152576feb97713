from pathlib import Path

import pytest

from tests.factories.seed_files import pdf_of, pieces_in
from textnlp.domain.errors import ErrorKind, TextNLPError

_LOCK = "tea"


async def test_pages_count_from_one_and_those_without_text_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(["", "Second page.", "Third page."]))
    pieces = await pieces_in(path)
    assert [(piece.values["page"], piece.values["text"]) for piece in pieces] == [
        (2, "Second page."),
        (3, "Third page."),
    ]


async def test_a_password_that_only_forbids_printing_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(["Text."], password=""))
    assert [piece.values["text"] for piece in await pieces_in(path)] == ["Text."]


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (pdf_of(["Text."], password=_LOCK), "a.pdf is encrypted.", "Save it without a password."),
        (pdf_of(["", ""]), "a.pdf has no text on any of its 2 pages.", "(OCR)"),
        (pdf_of(["Text."])[:200], "a.pdf cannot be read as PDF", ""),
        (b"", "a.pdf cannot be read as PDF", ""),
        (b"\x00" * 100, "a.pdf cannot be read as PDF", ""),
    ],
    ids=["encrypted", "scanned", "cut off", "empty", "no pdf"],
)
async def test_a_file_without_readable_text_is_refused_with_the_reason(
    tmp_path: Path, data: bytes, message: str, hint: str
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    with pytest.raises(TextNLPError) as caught:
        await pieces_in(path)
    assert caught.value.message.startswith(message)
    assert hint in (caught.value.facts.hint or "")
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.path")
