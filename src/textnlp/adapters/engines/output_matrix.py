"""The matrix that turns a language model's last state into the logits of its words, read from a GGUF file.

Ways to write numbers: github.com/ggml-org/ggml, src/ggml-common.h (`block_q8_0`, `block_q6_K`).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from textnlp.adapters.engines.gguf_file import GgufFile, Tensor, read_gguf
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_Bytes = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]

_BLOCK_WORDS = 4_096
_OWN, _TIED, _BIAS = "output.weight", "token_embd.weight", "output.bias"
_SCALED = ("final_logit_softcapping", "logit_scale")
"""What some architectures do to logits, which is not done here."""


class OutputMatrix:
    """The rows of the matrix, a row a word, read from the mapped file as they are needed.

    Raises `INVALID_INPUT` for a file without such a matrix, for one whose numbers are written in a way that is not
    known here, and for an architecture that changes its logits afterwards.
    """

    def __init__(self, path: Path) -> None:
        file = read_gguf(path)
        tensor = _tensor(file, path)
        width, self.words = tensor.sides
        self._decode, block_bytes, block_numbers = _KINDS[tensor.kind]
        row_bytes = width // block_numbers * block_bytes
        self._rows: _Bytes = np.memmap(
            path, dtype=np.uint8, mode="r", offset=tensor.begin, shape=(self.words, row_bytes)
        )
        self.width: int = width

    def blocks(self) -> Iterator[tuple[int, _Floats]]:
        """Yield all rows, a few thousand at a time, with the number of the first."""
        for first in range(0, self.words, _BLOCK_WORDS):
            rows = np.ascontiguousarray(self._rows[first : first + _BLOCK_WORDS])
            yield first, self._decode(rows).reshape(len(rows), self.width)


def _tensor(file: GgufFile, path: Path) -> Tensor:
    tensor = file.tensors.get(_OWN) or file.tensors.get(_TIED)
    architecture = file.facts.get("general.architecture")
    why = None
    if tensor is None or len(tensor.sides) != 2 or _BIAS in file.tensors:  # noqa: PLR2004  a matrix has two sides
        why = "it has no plain output matrix"
    elif any(f"{architecture}.{fact}" in file.facts for fact in _SCALED):
        why = f"a {architecture} changes its logits in ways that are not known here"
    elif tensor.kind not in _KINDS or tensor.sides[0] % _KINDS[tensor.kind][2]:
        why = "its output matrix is written in a way that is not known here"
    if tensor is None or why is not None:
        raise TextNLPError(
            f"The likelihoods of {path.name} cannot be worked out: {why}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Name another model in the check, such as one that vLLM serves."),
        )
    return tensor


def _float32(rows: _Bytes) -> _Floats:
    return rows.view(np.float32)


def _float16(rows: _Bytes) -> _Floats:
    return rows.view(np.float16).astype(np.float32)


def _bfloat16(rows: _Bytes) -> _Floats:
    return (rows.view(np.uint16).astype(np.uint32) << 16).view(np.float32)


def _q8_0(rows: _Bytes) -> _Floats:
    """32 whole numbers after their common factor."""
    blocks = rows.reshape(-1, 34)
    factors = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    return blocks[:, 2:].copy().view(np.int8).astype(np.float32) * factors


def _q6_k(rows: _Bytes) -> _Floats:
    """256 numbers of 6 bits: 128 bytes of low halves, 64 of high quarters, 16 factors, and the factor of those."""
    blocks = rows.reshape(-1, 210)
    low = blocks[:, :128].reshape(-1, 2, 2, 32)
    high = blocks[:, 128:192].reshape(-1, 2, 1, 32)
    halves = np.concatenate([low & 15, low >> 4], axis=2)
    quarters = np.concatenate([high >> shift & 3 for shift in (0, 2, 4, 6)], axis=2)
    numbers = (halves | quarters << 4).astype(np.int8) - np.int8(32)
    small = blocks[:, 192:208].copy().view(np.int8).astype(np.float32)
    whole = blocks[:, 208:].copy().view(np.float16).astype(np.float32)
    scaled: Any = numbers.reshape(-1, 16, 16).astype(np.float32) * (small * whole)[:, :, None]
    return scaled


_KINDS: dict[int, tuple[Callable[[_Bytes], _Floats], int, int]] = {
    0: (_float32, 4, 1),
    1: (_float16, 2, 1),
    30: (_bfloat16, 2, 1),
    8: (_q8_0, 34, 32),
    14: (_q6_k, 210, 256),
}
"""By ggml's number: what reads it, and how many bytes hold how many numbers."""
