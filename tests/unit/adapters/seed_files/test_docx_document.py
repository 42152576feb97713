import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.factories.seed_files import docx_of, pieces_in
from textnlp.domain.errors import ErrorKind, TextNLPError


async def text_of(data: bytes, folder: Path) -> str:
    (folder / "a.docx").write_bytes(data)
    (piece,) = await pieces_in(folder / "a.docx")
    return piece.values["text"]


async def test_paragraphs_and_tables_keep_their_order(tmp_path: Path) -> None:
    data = docx_of("Before.", [["a", "b"], ["1", "two\nlines"]], "", "After.")
    assert await text_of(data, tmp_path) == "Before.\n\na | b\n1 | two lines\n\nAfter."


async def test_merged_cells_come_once_and_tables_within_cells_too(tmp_path: Path) -> None:
    document: Any = docx.Document()
    table = document.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    inner = table.cell(0, 2).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "inner"
    made = io.BytesIO()
    document.save(made)
    assert await text_of(made.getvalue(), tmp_path) == "wide | inner"


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.docx is no DOCX file, or an encrypted one."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx is no DOCX file, or an encrypted one."),
        (docx_of("Text.")[:500], "a.docx is no DOCX file, or an encrypted one."),
        (zipped(a=b"x"), "a.docx cannot be read as DOCX"),
        (zipped(a=bytes(400_000_001)), "a.docx expands to 400,000,001 bytes; the limit is 400,000,000."),
    ],
    ids=["empty", "encrypted", "cut off", "another zip", "bomb"],
)
async def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(TextNLPError) as caught:
        await pieces_in(tmp_path / "a.docx")
    assert caught.value.message.startswith(message)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.path")
