"""Stands in for a resource of Azure OpenAI in one region: deployments, both forms of paths, and Azure's own refusals.

Error bodies are those of learn.microsoft.com, "Azure OpenAI in Azure AI Foundry Models REST API reference" and
"Content filtering". Prompts that hold `hateful` are stopped before the model, those that ask to `answer badly` after
it; those that are `a little violent` are answered, and told to be so.
"""

import asyncio
from collections import Counter, deque
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web
from joserfc.jwk import RSAKey

from tests.doubles.azure_callers import COGNITIVE_SERVICES_AUDIENCE, valid_token
from tests.doubles.openai_answers import ChatRequest, completion_body, decode_request, prompt_of, stream_pieces

_SAFE = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}
_HATE = {**_SAFE, "hate": {"filtered": True, "severity": "high"}, "jailbreak": {"filtered": False, "detected": False}}
_MILD = {**_SAFE, "violence": {"filtered": False, "severity": "low"}}
_NO_PERMISSION = (
    "The principal `22222222-2222-4222-8222-222222222222` lacks the required data action "
    "`Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action`."
)
_BUSY = "Requests to the ChatCompletions_Create Operation have exceeded call rate limit of your current tier."
_FILTERED = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."


class AzureOpenAI:
    """The resource.

    Attributes:
        faults: statuses that the next calls are answered with, before the usual answer.
        answered: calls answered in full, by prompt.
        tokens: that were shown.
        latency_seconds: time before an answer.
        retry_after_ms: what a 429 asks for.
        has_answered_ten: set once ten calls were answered.
        online_deployments: values of the header that picks a deployment of an online endpoint.
    """

    def __init__(
        self,
        key: RSAKey | None = None,
        *,
        deployments: tuple[str, ...] = ("writer",),
        audience: str = COGNITIVE_SERVICES_AUDIENCE,
    ) -> None:
        self.faults: deque[int] = deque()
        self.has_answered_ten = asyncio.Event()
        self.answered: Counter[str] = Counter()
        self.tokens: set[str] = set()
        self.retry_after_ms = 50
        self.latency_seconds = 0.0
        self.online_deployments: list[str] = []
        self._key = key
        self._audience = audience
        self._deployments = deployments
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        """Listen, on the port of the first time."""
        app = web.Application()
        app.router.add_post("/openai/v1/chat/completions", self._complete)
        app.router.add_get("/openai/v1/models", self._models)
        app.router.add_post("/openai/deployments/{deployment}/chat/completions", self._complete)
        app.router.add_get("/openai/models", self._models)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def endpoint(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    def _is_known(self, request: web.Request) -> bool:
        if self._key is None:
            return True
        token = valid_token(request, self._key, audience=self._audience)
        if token is not None:
            self.tokens.add(token)
        return token is not None

    async def _models(self, request: web.Request) -> web.Response:
        if not self._is_known(request):
            return _refusal(401, "PermissionDenied", _NO_PERMISSION)
        return web.json_response({"object": "list", "data": [{"id": name} for name in self._deployments]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if not self._is_known(request):
            return _refusal(401, "PermissionDenied", _NO_PERMISSION)
        named = request.match_info.get("deployment")
        if named is not None and "api-version" not in request.query:
            return _refusal(404, "404", "Resource not found")
        if (online := request.headers.get("azureml-model-deployment")) is not None:
            self.online_deployments.append(online)
        asked = decode_request(await request.read())
        if (named or asked.model) not in self._deployments:
            return _refusal(404, "DeploymentNotFound", "The API deployment for this resource does not exist.")
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
        if self.faults:
            return self._fault(self.faults.popleft())
        return self._answer(asked)

    def _answer(self, asked: ChatRequest) -> web.StreamResponse:
        prompt = prompt_of(asked)
        if "hateful" in prompt:
            inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": _HATE}
            return _refusal(400, "content_filter", _FILTERED, param="prompt", innererror=inner)
        self.answered[prompt] += 1
        if self.answered.total() >= 10:
            self.has_answered_ten.set()
        own, told = (_HATE, "content_filter") if "answer badly" in prompt else (_SAFE, None)
        prompts = [{"prompt_index": 0, "content_filter_results": _MILD if "a little violent" in prompt else _SAFE}]
        if asked.stream:
            return web.Response(body=_streamed(asked, prompt, prompts, own, told), content_type="text/event-stream")
        answer = msgspec.json.decode(completion_body(asked, prompt).partition(b"\r\n\r\n")[2])
        answer["prompt_filter_results"] = prompts
        choice = answer["choices"][0]
        choice["content_filter_results"], choice["finish_reason"] = own, told or choice["finish_reason"]
        return web.json_response(answer)

    def _fault(self, status: int) -> web.Response:
        if status == 429:
            headers = {"retry-after-ms": str(self.retry_after_ms), "retry-after": str(-(-self.retry_after_ms // 1000))}
            return _refusal(status, "429", _BUSY, headers=headers)
        return _refusal(status, "InternalServerError", "The server had an error while processing your request.")


def _streamed(
    asked: ChatRequest, prompt: str, prompts: list[dict[str, Any]], own: dict[str, Any], told: str | None
) -> bytes:
    """Write the events: first what was found in the prompt, and with the last piece what ended the answer."""
    events = [piece.partition(b"data: ")[2].strip() for piece in stream_pieces(asked, prompt)[1:-1]]
    shown: list[Any] = [{"object": "", "model": "", "choices": [], "prompt_filter_results": prompts}]
    for event in events[:-1]:
        chunk = msgspec.json.decode(event)
        for choice in chunk["choices"]:
            is_last = choice["finish_reason"] is not None
            choice["content_filter_results"] = own if is_last else {}
            choice["finish_reason"] = told if is_last and told else choice["finish_reason"]
        shown.append(chunk)
    return b"".join(b"data: %b\n\n" % each for each in [*map(msgspec.json.encode, shown), events[-1]])


def _refusal(
    status: int, code: str, message: str, *, headers: dict[str, str] | None = None, **more: Any
) -> web.Response:
    return web.json_response(
        {"error": {"code": code, "message": message, "status": status, **more}}, status=status, headers=headers
    )
