"""A BERT's weights, words and shape, put into the one file that llama.cpp reads.

GGUF: github.com/ggml-org/ggml, docs/gguf.md. Names and keys are those that llama.cpp's own converter gives a
`BertModel` (convert_hf_to_gguf.py); weights keep their numbers as they are. safetensors:
huggingface.co/docs/safetensors, "Format".
"""

import struct
from typing import IO, Any

import msgspec

_VERSION = 3
_ALIGNMENT = 32
_PIECE_BYTES = 1 << 20
_MOST_HEADER_BYTES = 1 << 24
_MEAN_POOLING = 1
_FLOAT32 = 0
_NORMAL, _CONTROL = 1, 3
_UINT32, _FLOAT, _BOOL, _TEXT, _LIST, _INT32 = 4, 6, 7, 8, 9, 5
_WORD_BEGIN = "\N{LOWER ONE EIGHTH BLOCK}"
_SPECIAL = {"[PAD]": "padding", "[UNK]": "unknown", "[CLS]": "cls", "[SEP]": "seperator", "[MASK]": "mask"}
"""`seperator` is how the format spells it."""

_TENSORS = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
_LAYER = "encoder.layer."
_LAYER_TENSORS = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


class BertShape(msgspec.Struct):
    """The members of a BERT's `config.json` that are needed."""

    num_hidden_layers: int
    max_position_embeddings: int
    hidden_size: int
    intermediate_size: int
    num_attention_heads: int
    layer_norm_eps: float
    type_vocab_size: int


class _Tensor(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def write_bert_gguf(target: IO[bytes], *, weights: IO[bytes], config: bytes, vocabulary: bytes, name: str) -> None:
    """Write the file; `weights` is read from front to end, once, and its head of the model's outputs is left out.

    Raises `ValueError` for weights that are no safetensors file of a BERT in 32-bit numbers.
    """
    try:
        shape = msgspec.json.decode(config, type=BertShape)
        header = msgspec.json.decode(_header(weights), type=dict[str, Any])
        header.pop("__metadata__", None)
        stored = msgspec.convert(header, dict[str, _Tensor])
    except msgspec.MsgspecError as exc:
        raise ValueError(f"no BERT: {exc}") from exc
    tensors = sorted(stored.items(), key=lambda item: item[1].data_offsets)
    kept = [(written, tensor) for key, tensor in tensors if (written := _name(key)) is not None]
    if any(tensor.dtype != "F32" for _, tensor in kept):
        raise ValueError("weights that are no 32-bit numbers")
    pairs = _pairs(shape, vocabulary.decode().removesuffix("\n").split("\n"), name=name)
    target.write(b"GGUF" + struct.pack("<IQQ", _VERSION, len(kept), len(pairs)) + b"".join(pairs))
    target.write(_infos(kept))
    target.write(bytes(-target.tell() % _ALIGNMENT))
    for key, tensor in tensors:
        begin, end = tensor.data_offsets
        _copy(weights, end - begin, target=None if _name(key) is None else target)


def _header(weights: IO[bytes]) -> bytes:
    (length,) = struct.unpack("<Q", weights.read(8))
    if length > _MOST_HEADER_BYTES:
        raise ValueError("weights whose header is too long")
    return weights.read(length)


def _pairs(shape: BertShape, words: list[str], *, name: str) -> list[bytes]:
    tokens = [_token(word) for word in words]
    kinds = [_CONTROL if word in _SPECIAL else _NORMAL for word in words]
    return [
        _text("general.architecture", "bert"),
        _text("general.name", name),
        _number("bert.block_count", shape.num_hidden_layers),
        _number("bert.context_length", shape.max_position_embeddings),
        _number("bert.embedding_length", shape.hidden_size),
        _number("bert.feed_forward_length", shape.intermediate_size),
        _number("bert.attention.head_count", shape.num_attention_heads),
        _string("bert.attention.layer_norm_epsilon") + struct.pack("<If", _FLOAT, shape.layer_norm_eps),
        _string("bert.attention.causal") + struct.pack("<IB", _BOOL, 0),
        _number("bert.pooling_type", _MEAN_POOLING),
        _number("general.file_type", _FLOAT32),
        _text("tokenizer.ggml.model", "bert"),
        _text("tokenizer.ggml.pre", "default"),
        _number("tokenizer.ggml.token_type_count", shape.type_vocab_size),
        _string("tokenizer.ggml.tokens")
        + struct.pack("<IIQ", _LIST, _TEXT, len(tokens))
        + b"".join(map(_string, tokens)),
        _string("tokenizer.ggml.token_type") + struct.pack(f"<IIQ{len(kinds)}i", _LIST, _INT32, len(kinds), *kinds),
        *(_number(f"tokenizer.ggml.{role}_token_id", words.index(word)) for word, role in _SPECIAL.items()),
    ]


def _token(word: str) -> str:
    """Mark where words begin, as llama.cpp has it, instead of where they go on, as BERT has it."""
    if word.startswith("[") and word.endswith("]"):
        return word
    return word[2:] if word.startswith("##") else _WORD_BEGIN + word


def _name(key: str) -> str | None:
    stem, _, kind = key.rpartition(".")
    if stem in _TENSORS:
        return f"{_TENSORS[stem]}.{kind}"
    if stem.startswith(_LAYER):
        number, _, part = stem.removeprefix(_LAYER).partition(".")
        if part in _LAYER_TENSORS:
            return f"blk.{number}.{_LAYER_TENSORS[part]}.{kind}"
    return None


def _infos(tensors: list[tuple[str, _Tensor]]) -> bytes:
    infos = bytearray()
    offset = 0
    for name, tensor in tensors:
        sides = tensor.shape[::-1]
        infos += _string(name) + struct.pack(f"<I{len(sides)}QIQ", len(sides), *sides, _FLOAT32, offset)
        size_bytes = tensor.data_offsets[1] - tensor.data_offsets[0]
        offset += size_bytes + -size_bytes % _ALIGNMENT
    return bytes(infos)


def _copy(source: IO[bytes], size_bytes: int, *, target: IO[bytes] | None) -> None:
    left = size_bytes
    while left:
        piece = source.read(min(_PIECE_BYTES, left))
        if not piece:
            raise ValueError("weights that end too early")
        left -= len(piece)
        if target is not None:
            target.write(piece)
    if target is not None:
        target.write(bytes(-size_bytes % _ALIGNMENT))


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _text(key: str, value: str) -> bytes:
    return _string(key) + struct.pack("<I", _TEXT) + _string(value)


def _number(key: str, value: int) -> bytes:
    return _string(key) + struct.pack("<II", _UINT32, value)
