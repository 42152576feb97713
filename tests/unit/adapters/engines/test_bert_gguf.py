import io
import json
import struct
from typing import Any

import pytest

from tests.doubles.tiny_bert import CONFIG, WORDS, safetensors
from textnlp.adapters.engines.bert_gguf import write_bert_gguf

ALIGNMENT = 32


class Reader:
    """Reads a GGUF file as its specification says, independently of what wrote it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0
        magic, version, tensors, pairs = self.take("<4sIQQ")
        assert (magic, version) == (b"GGUF", 3)
        self.facts = dict(self.pair() for _ in range(pairs))
        infos = [self.info() for _ in range(tensors)]
        begin = self.at + -self.at % ALIGNMENT
        self.tensors: dict[str, tuple[tuple[int, ...], tuple[float, ...]]] = {}
        for name, sides, offset in infos:
            count = 1
            for side in sides:
                count *= side
            assert offset % ALIGNMENT == 0
            self.tensors[name] = (sides, struct.unpack_from(f"<{count}f", content, begin + offset))

    def take(self, form: str) -> Any:
        values = struct.unpack_from(form, self.content, self.at)
        self.at += struct.calcsize(form)
        return values

    def text(self) -> str:
        (length,) = self.take("<Q")
        self.at += length
        return self.content[self.at - length : self.at].decode()

    def value(self, kind: int) -> Any:
        if kind == 8:
            return self.text()
        if kind == 9:
            inner, count = self.take("<IQ")
            return [self.value(inner) for _ in range(count)]
        return self.take({4: "<I", 5: "<i", 6: "<f", 7: "<?"}[kind])[0]

    def pair(self) -> tuple[str, Any]:
        name = self.text()
        return name, self.value(self.take("<I")[0])

    def info(self) -> tuple[str, tuple[int, ...], int]:
        name = self.text()
        (count,) = self.take("<I")
        sides = self.take(f"<{count}Q")
        kind, offset = self.take("<IQ")
        assert kind == 0
        return name, sides, offset


def converted(weights: bytes, config: bytes = CONFIG) -> bytes:
    target = io.BytesIO()
    write_bert_gguf(target, weights=io.BytesIO(weights), config=config, vocabulary=WORDS, name="tiny")
    return target.getvalue()


def test_shape_and_words_are_told_and_special_words_marked() -> None:
    facts = Reader(converted(safetensors())).facts
    assert (facts["general.architecture"], facts["general.name"]) == ("bert", "tiny")
    assert (facts["bert.block_count"], facts["bert.embedding_length"], facts["bert.pooling_type"]) == (1, 4, 1)
    assert facts["tokenizer.ggml.tokens"] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁tea", "pot", "▁\x85"]
    assert facts["tokenizer.ggml.token_type"] == [3, 3, 3, 3, 3, 1, 1, 1]
    assert facts["tokenizer.ggml.cls_token_id"] == 2
    assert facts["tokenizer.ggml.seperator_token_id"] == 3


def test_weights_keep_their_numbers_whatever_their_order_and_sides_are_turned() -> None:
    tensors = Reader(converted(safetensors())).tensors
    assert tensors["token_embd.weight"] == ((4, 8), tuple(float(n) for n in range(32)))
    assert tensors["blk.0.attn_q.bias"] == ((4,), (100.0, 101.0, 102.0, 103.0))
    assert tensors["blk.0.ffn_up.weight"] == ((4, 6), tuple(200.0 + n for n in range(24)))
    assert not [name for name in tensors if "pooler" in name]


def test_the_same_weights_make_the_same_file() -> None:
    assert converted(safetensors()) == converted(safetensors())


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (struct.pack("<Q", 1 << 40), "header is too long"),
        (struct.pack("<Q", 2) + b"[]", "no BERT"),
        (safetensors()[:-4], "end too early"),
        (safetensors(dtype="F16"), "no 32-bit"),
    ],
)
def test_what_is_no_bert_is_refused(weights: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        converted(weights)


def test_a_shape_that_lacks_something_is_refused() -> None:
    shape = json.loads(CONFIG)
    del shape["hidden_size"]
    with pytest.raises(ValueError, match="hidden_size"):
        converted(safetensors(), json.dumps(shape).encode())
