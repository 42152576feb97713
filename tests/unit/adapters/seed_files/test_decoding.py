import codecs
from pathlib import Path

import pytest

from tests.factories.seed_files import pieces_in, rows_in
from textnlp.domain.errors import TextNLPError


@pytest.mark.parametrize(
    "data",
    [
        "stadt,ß\nKöln,1\n".encode(),
        codecs.BOM_UTF8 + "stadt,ß\nKöln,1\n".encode(),
        "stadt,ß\nKöln,1\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "stadt,ß\r\nKöln,1\r\n".encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16 of this machine", "utf-16 big-endian"],
)
async def test_a_byte_order_mark_says_what_the_encoding_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    rows = await rows_in(path, fields=["stadt"])
    assert [dict(row.values) for row in rows] == [{"stadt": "Köln"}]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_a_byte_order_mark_is_no_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Grüße".encode(encoding))
    assert [piece.values["text"] for piece in await pieces_in(path)] == ["Grüße"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"ok\ncaf\xe9", "a.txt, line 2, column 4: here is the byte 0xe9, which is not UTF-8."),
        ("a.md", b"a\x00b", "a.md, line 1, column 2: here is a NUL character."),
        ("a.txt", b"\xff\xfea\x00b", "a.txt begins as UTF-16, but cannot be read as such to its end."),
        ("a.html", b"%PDF-1.7", "a.html is PDF, whatever its ending says."),
        ("a.txt", b"PK\x03\x04", "a.txt is a ZIP or Office file, whatever its ending says."),
    ],
    ids=["latin", "nul", "utf-16", "pdf", "zip"],
)
async def test_what_is_no_text_is_refused_with_its_place(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TextNLPError) as caught:
        await pieces_in(tmp_path / name)
    assert caught.value.message == message
