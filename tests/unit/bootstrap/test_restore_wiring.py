import os
from pathlib import Path

import pytest

from textnlp.bootstrap.restore_wiring import NewPlace, open_new_place, read_new_place
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings


def refusal(into: str, blobs: str | None = None) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        read_new_place(into, blobs=blobs)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    return caught.value


def test_a_folder_holds_everything(tmp_path: Path) -> None:
    place = read_new_place(str(tmp_path / "new"), blobs=None)
    assert place == NewPlace(folder=tmp_path / "new", database_url=None, blobs=None)


def test_a_database_needs_a_place_for_blobs() -> None:
    assert "--blobs" in (refusal("postgresql://me@host/name").facts.hint or "")
    place = read_new_place("postgresql://me@host/name", blobs="azure://account")
    assert (place.folder, place.database_url) == (None, "postgresql://me@host/name")


@pytest.mark.parametrize("into", ["postgresql://me:s3cret@host/name", "postgres://host/name?password=s3cret"])
def test_an_address_with_a_password_is_refused_without_repeating_it(into: str) -> None:
    error = refusal(into, blobs="folder")
    assert "s3cret" not in error.full_text
    assert ".pgpass" in error.full_text


def test_what_is_no_address_is_refused() -> None:
    refusal("postgresql://[", blobs="folder")


async def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    place = read_new_place(str(tmp_path), blobs=None)
    with pytest.raises(TextNLPError, match=r"mine\.txt") as caught:
        async with open_new_place(Settings(data_dir=tmp_path / "data"), place):
            pass
    assert caught.value.kind is ErrorKind.CONFLICT
    assert os.listdir(tmp_path) == ["mine.txt"]  # noqa: PTH208  asynchronous


async def test_a_file_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TextNLPError) as caught:
        async with open_new_place(
            Settings(data_dir=tmp_path / "data"), read_new_place(str(tmp_path / "file"), blobs=None)
        ):
            pass
    assert caught.value.kind is ErrorKind.FORBIDDEN
