"""How much texts surprise a model behind an endpoint that gives the likelihoods of prompts."""

from collections.abc import Sequence

import msgspec
import numpy as np

from textnlp.adapters.engines.openai_compatible.address import EndpointAddress
from textnlp.adapters.engines.openai_compatible.authentication import Authentication
from textnlp.adapters.engines.openai_compatible.connections import ConnectionOptions, read_bounded
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.openai_compatible.faults import error_from_event
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.texts.perplexity import perplexity
from textnlp.ports.clock import Clock
from textnlp.ports.text_scorer import Perplexities

_MOST_TEXTS = 16
_SECONDS = 120.0
_HINT = "Likelihoods of prompts need `echo` and `logprobs` of /v1/completions, as vLLM has them."


class _Body(msgspec.Struct, kw_only=True):
    model: str
    prompt: Sequence[str]
    max_tokens: int = 0
    temperature: float = 0.0
    echo: bool = True
    logprobs: int = 1


class _Likelihoods(msgspec.Struct):
    token_logprobs: list[float | None]
    text_offset: list[int] | None = None


class _Choice(msgspec.Struct):
    index: int
    logprobs: _Likelihoods | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] | None = None
    error: object = None


class OpenAICompatibleScorer:
    """Satisfies the `TextScorer` port with completions that repeat their prompt and go on with nothing.

    Tokens that a server writes all the same are left out. Sixteen texts are asked for at a time.

    Args:
        address: where the endpoint is, from `parse_base_url`.
        clock: reads dates in `Retry-After`.
        model: the model that is asked.
        authentication: what identifies the caller.
        connections: how the endpoint is connected to.
    """

    def __init__(
        self,
        address: EndpointAddress,
        *,
        clock: Clock,
        model: str,
        authentication: Authentication | None = None,
        connections: ConnectionOptions | None = None,
    ) -> None:
        self._model = model
        self._url = address.resource("completions")
        self._endpoint = Endpoint(address, clock=clock, authentication=authentication, connections=connections)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    @property
    def context_tokens(self) -> int | None:
        """How much is read, the server decides."""
        return None

    async def perplexities(self, texts: Sequence[str]) -> Perplexities:
        """Return the perplexity of each text; an empty one is not asked about."""
        found = np.full(len(texts), np.nan)
        places = [place for place, text in enumerate(texts) if text]
        for begin in range(0, len(places), _MOST_TEXTS):
            part = places[begin : begin + _MOST_TEXTS]
            found[part] = await self._asked([texts[place] for place in part])
        return found

    async def aclose(self) -> None:
        """Close all connections."""
        await self._endpoint.aclose()

    async def _asked(self, texts: list[str]) -> list[float]:
        try:
            body = msgspec.json.encode(_Body(model=self._model, prompt=texts))
        except UnicodeEncodeError as exc:
            raise invalid_input("A text holds half of a surrogate pair, which is no valid Unicode.") from exc
        async with self._endpoint.posted(self._url, body, timeout_seconds=_SECONDS) as response:
            answer = await read_bounded(response)
        return decode_perplexities(answer, texts)


def decode_perplexities(body: bytes, texts: Sequence[str]) -> list[float]:
    """Read an answer; raises `BAD_RESPONSE` where it does not hold the likelihoods of all texts."""
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise _unusable(str(exc)) from exc
    if answer.error:
        raise error_from_event(answer.error)
    choices = sorted(answer.choices or [], key=lambda choice: choice.index)
    if [choice.index for choice in choices] != list(range(len(texts))):
        raise _unusable(f"it has {len(choices)} choices for {len(texts)} texts")
    return [_perplexity(choice.logprobs, text) for choice, text in zip(choices, texts, strict=True)]


def _perplexity(said: _Likelihoods | None, text: str) -> float:
    if said is None:
        raise _unusable("it holds no likelihoods")
    offsets = said.text_offset or [0] * len(said.token_logprobs)
    read = [value for value, offset in zip(said.token_logprobs, offsets, strict=False) if offset < len(text)]
    following = [value for value in read[1:] if value is not None]
    if len(following) != max(len(read) - 1, 0):
        raise _unusable("it holds no likelihoods of the prompt")
    return perplexity(following)


def _unusable(why: str) -> TextNLPError:
    return TextNLPError(
        f"The answer holds no likelihoods of texts: {why}.",
        kind=ErrorKind.BAD_RESPONSE,
        facts=ErrorFacts(hint=_HINT),
    )
