import errno
import os

import pytest

from textnlp.adapters.blobs.failures import failed_condition, failure_of
from textnlp.domain.errors import ErrorKind


@pytest.mark.parametrize(
    ("number", "kind", "hint"),
    [
        (errno.ENOSPC, ErrorKind.UNAVAILABLE, "Free space on the disk that holds /data"),
        (errno.EROFS, ErrorKind.UNAVAILABLE, "read-only"),
        (errno.EACCES, ErrorKind.UNAVAILABLE, "right to write to /data"),
        (errno.EMFILE, ErrorKind.UNAVAILABLE, "ulimit"),
        (errno.EIO, ErrorKind.UNAVAILABLE, "Look at the disk"),
        (errno.EXDEV, ErrorKind.UNAVAILABLE, "mounted"),
        (errno.EISDIR, ErrorKind.CONFLICT, "another path"),
        (errno.ENOTDIR, ErrorKind.CONFLICT, "another path"),
        (errno.ELOOP, ErrorKind.UNAVAILABLE, "Look at the folder"),
    ],
)
def test_a_failure_says_what_to_do(number: int, kind: ErrorKind, hint: str) -> None:
    error = failure_of(OSError(number, os.strerror(number)), path="a/b", root="/data")
    assert error.kind is kind
    assert "a/b" in error.message
    assert hint in (error.facts.hint or "")


def test_a_missing_file_is_a_missing_blob() -> None:
    error = failure_of(FileNotFoundError(errno.ENOENT, "No such file"), path="a", root="/data")
    assert error.kind is ErrorKind.NOT_FOUND


def test_a_failed_condition_tells_the_two_conditions_apart() -> None:
    assert "exists already" in failed_condition("a", if_absent=True).message
    assert "changed or removed" in failed_condition("a", if_absent=False).message
