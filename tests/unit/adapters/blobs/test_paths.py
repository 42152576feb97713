import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from textnlp.adapters.blobs.paths import (
    RESERVED_FOLDER,
    is_blob_name,
    is_unfinished,
    require_blob_path,
    require_prefix,
)
from textnlp.domain.errors import ErrorKind, TextNLPError


@given(st.text())
@example("a/../b")
@example("a\\..\\b")
def test_what_is_accepted_stays_below_any_root(path: str) -> None:
    try:
        require_blob_path(path)
    except TextNLPError as error:
        refused_as = error.kind
    else:
        refused_as = None
    assert refused_as in {None, ErrorKind.INVALID_INPUT}
    assume(refused_as is None)
    parts = path.split("/")
    assert all(part not in {"", ".", ".."} for part in parts)
    assert all(ord(character) >= 32 and character != "\\" for character in path)
    assert path.encode()


@pytest.mark.parametrize("path", [RESERVED_FOLDER, f"{RESERVED_FOLDER}/x"])
def test_the_folder_for_unfinished_files_is_out_of_reach(path: str) -> None:
    with pytest.raises(TextNLPError, match="kept for"):
        require_blob_path(path)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("", "empty"),
        ("/a", "absolute"),
        ("a/../b", r"'\.\.'"),
        ("a\tb", "control character"),
        ("a" * 2000, "more than 1024"),
        ("é" * 130, "longer than 255 bytes"),
    ],
)
def test_the_error_says_what_is_wrong(path: str, fault: str) -> None:
    with pytest.raises(TextNLPError, match=fault) as caught:
        require_blob_path(path)
    assert caught.value.facts.hint


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "a/.", "."])
def test_a_prefix_may_end_anywhere_in_a_path(prefix: str) -> None:
    require_prefix(prefix)


@pytest.mark.parametrize("prefix", ["/", "/a", "a//", "../", "a/./", "a\x00"])
def test_a_prefix_has_the_rules_of_paths(prefix: str) -> None:
    with pytest.raises(TextNLPError):
        require_prefix(prefix)


def test_a_name_is_one_part() -> None:
    assert is_blob_name("a b.txt")
    assert not is_blob_name("..")
    assert not is_blob_name("a\nb")


@pytest.mark.parametrize("path", [".a", "a/.b/c", "a.tmp", "A.TMP", "a.part", "a~", "a.crdownload"])
def test_hidden_and_temporary_names_are_unfinished(path: str) -> None:
    assert is_unfinished(path)


@pytest.mark.parametrize("path", ["a", "a.txt", "tmp/a", "a.b/c", "partial"])
def test_other_names_are_finished(path: str) -> None:
    assert not is_unfinished(path)
