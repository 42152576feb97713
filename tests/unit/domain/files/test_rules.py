from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.files.rules import checked_name, expiry_of, file_path, is_expired
from textnlp.domain.identifiers import FileId

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["in.jsonl", "überall (1).txt", "..a", "a" * 255])
def test_a_plain_name_is_kept(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", [None, "", "a/b", "/a", "a\\b", "..", ".", "a\0", "a\nb", "\ud800", "a" * 256])
def test_what_is_no_plain_name_is_refused(name: str | None) -> None:
    with pytest.raises(TextNLPError) as caught:
        checked_name(name)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "file")


@given(st.text(max_size=50))
def test_a_blob_lies_under_its_file_whatever_that_is_called(name: str) -> None:
    path = file_path(FileId("file-1"), name)
    assert path.startswith("prompts/user-content/file-1/")
    assert path.count("/") == 3
    assert ".." not in path.rsplit("/", 1)[1].split(".")[0]


def test_only_inputs_of_batches_expire_by_themselves() -> None:
    assert expiry_of(FilePurpose.BATCH, created_at=NOON, seconds=None) == NOON + timedelta(days=30)
    assert expiry_of(FilePurpose.USER_DATA, created_at=NOON, seconds=None) is None
    assert expiry_of(FilePurpose.USER_DATA, created_at=NOON, seconds=3600) == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("expires_at", "expected"), [(None, False), (NOON, True), (NOON + timedelta(seconds=1), False)]
)
def test_a_file_is_gone_from_its_expiry_on(expires_at: datetime | None, *, expected: bool) -> None:
    file = StoredFile(
        id=FileId("file-1"),
        name="a",
        purpose=FilePurpose.BATCH,
        size_bytes=1,
        blob_path="a",
        created_at=NOON,
        expires_at=expires_at,
    )
    assert is_expired(file, now=NOON) is expected
