"""What llama.cpp's server is asked over its port on loopback, for want of another way."""

import http.client
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec
import numpy as np
import numpy.typing as npt

from textnlp.adapters.engines.llama_server import StateServer
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input

_SECONDS = 600.0
_AS_IT_IS = -1
"""Vectors are not brought to one length."""


class _Tokens(msgspec.Struct):
    tokens: list[int]


class _States(msgspec.Struct):
    index: int
    embedding: list[list[float]]


class LlamaPort:
    """Asks one server, which it keeps, and blocks meanwhile; each question has a connection of its own.

    Raises `UNAVAILABLE` where the server fails, and `INVALID_INPUT` for a text that is no valid Unicode.
    """

    def __init__(self, loaded: StateServer) -> None:
        self._loaded = loaded
        address = urlsplit(loaded.server.listening_address)
        self._host, self._port = address.hostname or "", address.port
        self._headers = {"Authorization": f"Bearer {loaded.key}", "Content-Type": "application/json"}

    def tokens(self, text: str, *, with_special: bool = True) -> list[int]:
        """Return the tokens of a text, with those that the model wants around it; marks of control are plain text."""
        asked = {"content": text, "add_special": with_special, "parse_special": False}
        return self._ask("/tokenize", asked, _Tokens).tokens

    def states(self, texts: Sequence[Sequence[int]]) -> list[npt.NDArray[np.float32]]:
        """Return the last layer's states of each text's tokens, a row a token."""
        asked = {"input": texts, "embd_normalize": _AS_IT_IS}
        answer = self._ask("/embedding", asked, list[_States])
        return [np.array(each.embedding, dtype=np.float32) for each in sorted(answer, key=lambda each: each.index)]

    def _ask(self, path: str, asked: Any, kind: type[Any]) -> Any:
        try:
            body = msgspec.json.encode(asked)
        except UnicodeEncodeError as exc:
            raise invalid_input("A text holds half of a surrogate pair, which is no valid Unicode.") from exc
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_SECONDS)
        try:
            connection.request("POST", path, body, self._headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status != HTTPStatus.OK:
                raise TextNLPError(f"llama.cpp answered {response.status}.", kind=ErrorKind.UNAVAILABLE)
            return msgspec.json.decode(answer, type=kind)
        except (OSError, http.client.HTTPException, msgspec.MsgspecError) as exc:
            raise TextNLPError(f"llama.cpp failed: {type(exc).__name__}.", kind=ErrorKind.UNAVAILABLE) from exc
        finally:
            connection.close()
