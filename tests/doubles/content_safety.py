"""Azure AI Content Safety's `text:analyze` over a real socket, with its request rules and error bodies."""

import asyncio
import json
from typing import Any, Self, cast

from aiohttp import web

_VERSIONS = {"2023-10-01", "2024-09-01"}
_CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")
_OUTPUTS = {"FourSeverityLevels", "EightSeverityLevels"}
_FIELDS = {"text", "categories", "blocklistNames", "haltOnBlocklistHit", "outputType"}
_MOST_CHARACTERS = 10_000
_SEVERITY_WORDS = {f"{name.lower()}-{level}": (name, level) for name in _CATEGORIES for level in range(8)}


class ContentSafetyDouble:
    """Finds in a text what it names: `hate-5` is hate of severity 5; terms of `blocklists` are found as words.

    Attributes:
        bodies: of the requests that it judged.
        requests: how many arrived.
        most_at_once: the most that were there together.
        key, token: either lets a caller in.
    """

    def __init__(
        self,
        *refusals: tuple[int, str],
        key: str = "k" * 32,
        token: str = "an-entra-token",  # noqa: S107  of the double alone
        blocklists: dict[str, list[str]] | None = None,
        retry_after: str | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.requests = self.most_at_once = 0
        self._refusals = list(refusals)
        self.key, self.token = key, token
        self._blocklists = blocklists or {}
        self._retry_after = retry_after
        self._delay_seconds = delay_seconds
        self._now = 0
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_post("/contentsafety/{operation}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self._now += 1
        self.requests += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(self._delay_seconds)
            return await self._answered(request)
        finally:
            self._now -= 1

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["operation"] != "text:analyze" or request.query.get("api-version") not in _VERSIONS:
            return _refused(404, "404", "Resource not found")
        if not self._is_let_in(request):
            told = "Access denied due to invalid subscription key or wrong API endpoint."
            return _refused(401, "401", told)
        if self._refusals:
            status, code = self._refusals.pop(0)
            return _refused(status, code, "As the test wants.", retry_after=self._retry_after)
        body = _read(await request.read())
        fault = "The request body is no JSON object." if body is None else self._fault(body)
        if body is None or fault is not None:
            return _refused(400, "InvalidRequestBody", fault or "")
        self.bodies.append(body)
        names: list[str] = body.get("blocklistNames") or []
        for name in names:
            if name not in self._blocklists:
                return _refused(404, "ResourceNotFound", f"The blocklist {name} is not found.")
        return web.json_response(self._judged(body))

    def _is_let_in(self, request: web.Request) -> bool:
        is_key = request.headers.get("Ocp-Apim-Subscription-Key") == self.key
        return is_key or request.headers.get("Authorization") == f"Bearer {self.token}"

    def _fault(self, body: dict[str, Any]) -> str | None:
        text = body.get("text")
        if not isinstance(text, str) or not text:
            return "The text field is required."
        if len(text) > _MOST_CHARACTERS:
            return f"The length of text should be less than or equal to {_MOST_CHARACTERS} characters: {text[:20]}"
        if set(body) - _FIELDS or not set(body.get("categories") or []) <= set(_CATEGORIES):
            return "A field or category is not known."
        return None if body.get("outputType", "FourSeverityLevels") in _OUTPUTS else "The output type is not known."

    def _judged(self, body: dict[str, Any]) -> dict[str, Any]:
        text, wanted = body["text"], body.get("categories") or _CATEGORIES
        severities = dict.fromkeys(wanted, 0)
        for word in text.split():
            name, level = _SEVERITY_WORDS.get(word.lower(), ("", 0))
            if name in severities:
                severities[name] = max(severities[name], level)
        if body.get("outputType", "FourSeverityLevels") == "FourSeverityLevels":
            severities = {name: level - level % 2 for name, level in severities.items()}
        names: list[str] = body.get("blocklistNames") or []
        matches = [
            {"blocklistName": name, "blocklistItemId": f"{name}-{number}", "blocklistItemText": term}
            for name in names
            for number, term in enumerate(self._blocklists[name])
            if term in text.split()
        ]
        analysis = [{"category": name, "severity": level} for name, level in severities.items()]
        return {"blocklistsMatch": matches, "categoriesAnalysis": analysis}


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        read: Any = json.loads(body)
    except ValueError:
        return None
    return cast("dict[str, Any]", read) if isinstance(read, dict) else None


def _refused(status: int, code: str, message: str, *, retry_after: str | None = None) -> web.Response:
    headers = {"x-ms-error-code": code} | ({"Retry-After": retry_after} if retry_after is not None else {})
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)
