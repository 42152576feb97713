from pathlib import Path

from tests.factories.seed_files import pdf_of, pieces_in

_TEXT = "The first sentence is here. The second one is longer than it.\r\n\r\nA paragraph ends it all. " * 5


async def test_a_piece_stands_in_its_text_where_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(_TEXT.encode())
    text = _TEXT.replace("\r\n", "\n")
    pieces = await pieces_in(path, chunk_characters=80, overlap_characters=20)
    assert len(pieces) > 5
    for chunk, piece in enumerate(pieces):
        values = piece.values
        assert text[values["offset"] :].startswith(values["text"])
        assert len(values["text"]) <= 80
        assert (values["file"], values["page"], values["chunk"]) == ("a.md", None, chunk)


async def test_no_piece_goes_across_pages_and_chunks_are_counted_over_all(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(["One sentence stands here, and another. " * 2, "", "Third page."]))
    pieces = await pieces_in(path, chunk_characters=50)
    assert [(piece.origin["page"], piece.origin["chunk"]) for piece in pieces] == [(1, 0), (1, 1), (3, 2)]
    assert [piece.origin["offset"] for piece in pieces] == [0, 39, 0]


async def test_chunks_of_each_file_are_counted_from_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "inner").mkdir(parents=True)
    (folder / "b.txt").write_text("Two.")
    (folder / "inner" / "a.txt").write_text("One.")
    assert [piece.origin for piece in await pieces_in(folder)] == [
        {"file": "b.txt", "page": None, "offset": 0, "chunk": 0},
        {"file": "inner/a.txt", "page": None, "offset": 0, "chunk": 0},
    ]
