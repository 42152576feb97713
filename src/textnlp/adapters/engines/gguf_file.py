"""Reads what a GGUF file says of its model, and where its tensors are (github.com/ggml-org/ggml, docs/gguf.md)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from textnlp.domain.errors import ErrorKind, TextNLPError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_TEXT, _LIST = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_DEFAULT_ALIGNMENT = 32
_MOST = 1 << 24
"""Longest text, longest list and most tensors that are read: a damaged file must not fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """Where a tensor is.

    Attributes:
        sides: its lengths, that of a row first.
        kind: the number of its way to write numbers, as ggml has it.
        begin: its first byte in the file.
    """

    sides: tuple[int, ...]
    kind: int
    begin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufFile:
    """What is in a file; of lists, which can be as long as a vocabulary, only the length is kept."""

    facts: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def read_gguf(path: Path) -> GgufFile:
    """Read the head of a file; raises `INVALID_INPUT` for one that is none or is damaged."""
    try:
        with path.open("rb") as file:
            return _read(file)
    except (struct.error, ValueError, KeyError, OverflowError) as exc:
        raise TextNLPError(f"The model file {path.name} cannot be read.", kind=ErrorKind.INVALID_INPUT) from exc


def _read(file: IO[bytes]) -> GgufFile:
    if file.read(len(_MAGIC)) != _MAGIC or _number(file, "I") not in _VERSIONS:
        raise ValueError("no GGUF file")
    tensor_count, fact_count = _bounded(_number(file, "Q")), _bounded(_number(file, "Q"))
    facts = {_text(file): _value(file, _number(file, "I")) for _ in range(fact_count)}
    found: list[tuple[str, tuple[int, ...], int, int]] = []
    for _ in range(tensor_count):
        name, count = _text(file), _number(file, "I")
        sides = tuple(_number(file, "Q") for _ in range(_bounded(count)))
        found.append((name, sides, _number(file, "I"), _number(file, "Q")))
    alignment = facts.get("general.alignment", _DEFAULT_ALIGNMENT)
    begin = file.tell() + -file.tell() % alignment
    return GgufFile(
        facts=facts,
        tensors={name: Tensor(sides=sides, kind=kind, begin=begin + offset) for name, sides, kind, offset in found},
    )


def _value(file: IO[bytes], kind: int) -> Any:
    if kind == _TEXT:
        return _text(file)
    if kind != _LIST:
        return _number(file, _NUMBERS[kind])
    item_kind, length = _number(file, "I"), _bounded(_number(file, "Q"))
    if item_kind in _NUMBERS:
        file.seek(length * struct.calcsize(f"<{_NUMBERS[item_kind]}"), 1)
    else:
        for _ in range(length):
            _value(file, item_kind)
    return length


def _number(file: IO[bytes], code: str) -> Any:
    layout = struct.Struct(f"<{code}")
    return layout.unpack(file.read(layout.size))[0]


def _text(file: IO[bytes]) -> str:
    length = _bounded(_number(file, "Q"))
    return file.read(length).decode("utf-8", "replace")


def _bounded(count: int) -> int:
    if count > _MOST:
        raise ValueError("a count that is too large")
    return count
