import io
import zipfile
from pathlib import Path

from textnlp.console.zipped import zip_pieces


async def test_all_files_of_a_folder_are_in_the_zip_file_which_comes_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    large = bytes(range(256)) * 8_000
    (tmp_path / "data" / "train.parquet").write_bytes(large)
    (tmp_path / "README.md").write_text("# Rows", encoding="utf-8")
    pieces = [piece async for piece in zip_pieces(tmp_path)]
    assert len(pieces) > 1
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.namelist() == ["README.md", "data/train.parquet"]
        assert archive.read("data/train.parquet") == large


async def test_an_empty_folder_gives_an_empty_zip_file(tmp_path: Path) -> None:
    content = b"".join([piece async for piece in zip_pieces(tmp_path)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == []
