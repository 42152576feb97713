"""The form in which answers are kept."""

import json

import msgspec

from textnlp.domain.generation.json_schema import as_plain
from textnlp.domain.generation.model import Completion
from textnlp.domain.generation.reuse import MOST_KEPT_BYTES

_ENCODER = msgspec.json.Encoder(enc_hook=as_plain)
_DECODER = msgspec.json.Decoder(Completion)


def encode_completion(completion: Completion) -> bytes | None:
    """Return the answer as JSON; None where that is larger than what is kept.

    Half of a surrogate pair, which is no valid Unicode and which models write where they are cut between tokens, is
    written as its escape.
    """
    try:
        encoded = _ENCODER.encode(completion)
    except UnicodeEncodeError:
        encoded = json.dumps(msgspec.to_builtins(completion, enc_hook=as_plain)).encode()
    return encoded if len(encoded) <= MOST_KEPT_BYTES else None


def decode_completion(encoded: bytes) -> Completion | None:
    """Return the answer, or None where this is none in the present form."""
    try:
        return _DECODER.decode(encoded)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    try:
        return msgspec.convert(json.loads(encoded), Completion)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
