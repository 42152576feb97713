"""A BERT of a few numbers, as packages hold one."""

import json
import struct

CONFIG = json.dumps(
    {
        "num_hidden_layers": 1,
        "max_position_embeddings": 16,
        "hidden_size": 4,
        "intermediate_size": 6,
        "num_attention_heads": 2,
        "layer_norm_eps": 1e-12,
        "type_vocab_size": 2,
        "model_type": "bert",
    }
).encode()

WORDS = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ntea\n##pot\n\x85\n".encode()

_TENSORS: dict[str, tuple[list[int], list[float]]] = {
    "encoder.layer.0.intermediate.dense.weight": ([6, 4], [200.0 + number for number in range(24)]),
    "embeddings.word_embeddings.weight": ([8, 4], [float(number) for number in range(32)]),
    "pooler.dense.bias": ([4], [9.0] * 4),
    "encoder.layer.0.attention.self.query.bias": ([4], [100.0, 101.0, 102.0, 103.0]),
}


def safetensors(*, dtype: str = "F32") -> bytes:
    """Return the weights; not all layers that a model needs are there."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, (shape, numbers) in _TENSORS.items():
        packed = struct.pack(f"<{len(numbers)}f", *numbers)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    encoded = json.dumps(dict(reversed(header.items()))).encode()
    return struct.pack("<Q", len(encoded)) + encoded + data
