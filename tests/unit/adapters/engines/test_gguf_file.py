from pathlib import Path

import pytest

from tests.doubles.gguf_writer import write_gguf
from textnlp.adapters.engines.gguf_file import read_gguf
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_facts_are_read_lists_are_counted_and_tensors_are_found(tmp_path: Path) -> None:
    path = write_gguf(
        tmp_path / "m.gguf",
        facts={"general.architecture": "llama", "llama.block_count": 30, "words": ["a", "bc"], "kinds": [1, 2, 3]},
        tensors={"first": ((3,), 0, b"x" * 12), "second": ((4, 2), 0, b"y" * 32)},
    )
    found = read_gguf(path)
    assert dict(found.facts) == {"general.architecture": "llama", "llama.block_count": 30, "words": 2, "kinds": 3}
    second = found.tensors["second"]
    assert (second.sides, second.kind) == ((4, 2), 0)
    assert path.read_bytes()[second.begin : second.begin + 32] == b"y" * 32
    assert second.begin % 32 == 0


@pytest.mark.parametrize("damage", ["empty", "cut", "other", "count"])
def test_a_file_that_is_none_or_is_damaged_is_told(damage: str, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf", facts={"a": "b"}, tensors={"t": ((1,), 0, b"0000")})
    data = path.read_bytes()
    path.write_bytes(
        {"empty": b"", "cut": data[:40], "other": b"GGML" + data[4:], "count": data[:8] + b"\xff" * 8 + data[16:]}[
            damage
        ]
    )
    with pytest.raises(TextNLPError, match=r"m\.gguf cannot be read") as caught:
        read_gguf(path)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
