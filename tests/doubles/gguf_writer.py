"""Writes small GGUF files, as github.com/ggml-org/ggml, docs/gguf.md has them."""

import struct
from collections.abc import Mapping
from pathlib import Path

_ALIGNMENT = 32


def write_gguf(
    path: Path,
    *,
    facts: Mapping[str, str | int | list[str] | list[int]],
    tensors: Mapping[str, tuple[tuple[int, ...], int, bytes]],
) -> Path:
    """Write facts and tensors; a tensor is its sides, the number of its kind, and its bytes."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts))
    head += b"".join(_text(key) + _value(value) for key, value in facts.items())
    data = b""
    for name, (sides, kind, content) in tensors.items():
        head += _text(name) + struct.pack(f"<I{len(sides)}QIQ", len(sides), *sides, kind, len(data))
        data += content + bytes(-len(content) % _ALIGNMENT)
    path.write_bytes(head + bytes(-len(head) % _ALIGNMENT) + data)
    return path


def _value(value: str | int | list[str] | list[int]) -> bytes:
    match value:
        case str():
            return struct.pack("<I", 8) + _text(value)
        case int():
            return struct.pack("<II", 4, value)
        case _:
            texts = [each for each in value if isinstance(each, str)]
            numbers = [each for each in value if isinstance(each, int)]
            items = b"".join(map(_text, texts)) + struct.pack(f"<{len(numbers)}i", *numbers)
            return struct.pack("<IIQ", 9, 8 if texts else 5, len(value)) + items


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()
