import pytest

from textnlp.domain.datasets.manifest import decode_manifest, is_plain_path
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.mark.parametrize("path", ["a", "data/train.jsonl", ".hidden"])
def test_a_path_below_is_plain(path: str) -> None:
    assert is_plain_path(path)


@pytest.mark.parametrize("path", ["", "/etc/passwd", "..", "../a", "a/../../b", "a//b", "./a", "a/", "a\0b"])
def test_a_path_that_could_lead_elsewhere_is_not(path: str) -> None:
    assert not is_plain_path(path)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"format": 2}', b"[" * 100_000])
def test_a_damaged_manifest_is_invalid_input(data: bytes) -> None:
    with pytest.raises(TextNLPError, match=r"manifest\.json") as caught:
        decode_manifest(data)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
