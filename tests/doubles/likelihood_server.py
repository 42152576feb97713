"""A server that gives the likelihoods of prompts as vLLM does, over a real socket."""

import json
import math
import re
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

_WORD = re.compile(r"\s*\S+")
Answer = Callable[[dict[str, Any]], tuple[int, Any]]


def likelihoods(text: str) -> list[float | None]:
    """Return what the server says of a text: a word that came before is likely, a new one the less the longer it is."""
    words = _WORD.findall(text)
    seen: set[str] = set()
    found: list[float | None] = []
    for word in words:
        plain = word.strip()
        found.append(-0.2 if plain in seen else -1.0 - len(plain) / 4)
        seen.add(plain)
    return [None, *found[1:]]


def perplexity_of(text: str) -> float:
    """Return the perplexity that follows from what the server says."""
    following = [value for value in likelihoods(text)[1:] if value is not None]
    return math.exp(-sum(following) / len(following))


class LikelihoodServer:
    """Answers `POST /v1/completions`; `answer` stands in for what it says, `seen` keeps what it was asked.

    Attributes:
        written: how many tokens it writes behind each prompt.
    """

    def __init__(self, *, written: int = 0, answer: Answer | None = None) -> None:
        self.written = written
        self.seen: list[dict[str, Any]] = []
        self._answer = answer
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/v1/completions", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        self.seen.append(asked)
        status, answer = (200, self._said(asked)) if self._answer is None else self._answer(asked)
        return web.json_response(answer, status=status)

    def _said(self, asked: dict[str, Any]) -> dict[str, Any]:
        choices = [self._choice(index, text) for index, text in enumerate(asked["prompt"])]
        return {"model": asked["model"], "choices": choices[::-1]}

    def _choice(self, index: int, text: str) -> dict[str, Any]:
        offsets = [match.start() for match in _WORD.finditer(text)]
        more = [len(text) + number for number in range(self.written)]
        logprobs = {"token_logprobs": likelihoods(text) + [-9.0] * self.written, "text_offset": offsets + more}
        return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": "length"}
