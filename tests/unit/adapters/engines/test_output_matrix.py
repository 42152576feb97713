from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.doubles.gguf_writer import write_gguf
from textnlp.adapters.engines.output_matrix import OutputMatrix
from textnlp.domain.errors import ErrorKind, TextNLPError

WIDTH, WORDS = 512, 5
GENERATOR = np.random.default_rng(3)
MATRIX = GENERATOR.normal(size=(WORDS, WIDTH)).astype(np.float32)


def write(path: Path, content: bytes, kind: int, *, name: str = "output.weight", **facts: Any) -> Path:
    every: dict[str, Any] = {"general.architecture": "llama", **facts}
    return write_gguf(path / "m.gguf", facts=every, tensors={name: ((WIDTH, WORDS), kind, content)})


def read(path: Path) -> Any:
    return np.concatenate([rows for _, rows in OutputMatrix(path).blocks()])


def half(number: Any) -> bytes:
    return np.float16(number).tobytes()


def q8_0() -> tuple[bytes, Any]:
    """Return a matrix as ggml writes it, and its numbers, worked out one by one."""
    content = b""
    numbers: list[float] = []
    for _ in range(WORDS * WIDTH // 32):
        factor, whole = np.float16(GENERATOR.uniform(0.01, 1)), GENERATOR.integers(-128, 128, 32)
        content += half(factor) + whole.astype(np.int8).tobytes()
        numbers += [float(factor) * int(each) for each in whole]
    return content, np.array(numbers).reshape(WORDS, WIDTH)


def q6_k() -> tuple[bytes, Any]:
    """The same in 6 bits, as `dequantize_row_q6_K` of ggml reads them."""
    content, numbers = b"", np.zeros(WORDS * WIDTH)
    for block in range(WORDS * WIDTH // 256):
        low, high = GENERATOR.integers(0, 256, 128), GENERATOR.integers(0, 256, 64)
        small, factor = GENERATOR.integers(-128, 128, 16), np.float16(GENERATOR.uniform(0.01, 1))
        content += low.astype(np.uint8).tobytes() + high.astype(np.uint8).tobytes()
        content += small.astype(np.int8).tobytes() + half(factor)
        for part in range(2):
            for place in range(32):
                bits = int(high[32 * part + place])
                first, second = int(low[64 * part + place]), int(low[64 * part + place + 32])
                for quarter, piece in enumerate((first & 15, second & 15, first >> 4, second >> 4)):
                    whole = (piece | (bits >> 2 * quarter & 3) << 4) - 32
                    scale = int(small[8 * part + 2 * quarter + place // 16])
                    numbers[256 * block + 128 * part + 32 * quarter + place] = float(factor) * scale * whole
    return content, numbers.reshape(WORDS, WIDTH)


def test_plain_numbers_are_read_as_they_are(tmp_path: Path) -> None:
    assert np.array_equal(read(write(tmp_path, MATRIX.tobytes(), 0)), MATRIX)
    halves = MATRIX.astype(np.float16)
    assert np.array_equal(read(write(tmp_path, halves.tobytes(), 1)), halves.astype(np.float32))
    upper = (MATRIX.view(np.uint32) >> 16).astype(np.uint16)
    assert read(write(tmp_path, upper.tobytes(), 30)) == pytest.approx(MATRIX, rel=0.01)


@pytest.mark.parametrize(("make", "kind"), [(q8_0, 8), (q6_k, 14)])
def test_numbers_in_blocks_are_read_as_ggml_reads_them(make: Any, kind: int, tmp_path: Path) -> None:
    content, numbers = make()
    assert read(write(tmp_path, content, kind)) == pytest.approx(numbers, rel=1e-5)


def test_a_tied_matrix_is_that_of_the_words(tmp_path: Path) -> None:
    matrix = OutputMatrix(write(tmp_path, MATRIX.tobytes(), 0, name="token_embd.weight"))
    assert (matrix.words, matrix.width) == (WORDS, WIDTH)


@pytest.mark.parametrize(
    ("name", "kind", "facts", "told"),
    [
        ("other.weight", 0, {}, "it has no plain output matrix"),
        ("output.weight", 12, {}, "is written in a way that is not known here"),
        ("output.weight", 0, {"llama.logit_scale": 2}, "a llama changes its logits"),
        ("output.weight", 0, {"llama.final_logit_softcapping": 30}, "a llama changes its logits"),
    ],
)
def test_a_model_whose_likelihoods_would_be_wrong_is_refused(
    name: str, kind: int, facts: dict[str, int], told: str, tmp_path: Path
) -> None:
    path = write(tmp_path, MATRIX.tobytes(), kind, name=name, **facts)
    with pytest.raises(TextNLPError, match=told) as caught:
        OutputMatrix(path)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
