"""Lets a version have more of the traffic, or refuses it, by what telemetry says of its calls."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import aiohttp

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp_infra.deploy.timer import Timer

_TIMEOUT = aiohttp.ClientTimeout(total=60)
_MOST_BYTES = 64 * 1024
_MOST_TOLD = 500
_COLUMNS = ("total", "failed", "error_percent", "verdict")


class Verdict(StrEnum):
    """What the query says of a version."""

    PROMOTE = "promote"
    REJECT = "reject"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How a version does.

    Attributes:
        total: calls that were looked at.
        failed: those that failed through no fault of their callers.
        error_percent: `failed` of `total`.
    """

    total: int
    failed: int
    error_percent: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWorkspace:
    """A Log Analytics workspace that is asked over HTTPS.

    Attributes:
        endpoint: address of the query service, without a slash at its end.
        resource_id: the workspace, as Azure Resource Manager names it.
        token: gives a bearer token for a scope.
    """

    session: aiohttp.ClientSession
    endpoint: str
    resource_id: str
    token: Callable[[str], Awaitable[str]]

    async def showing(self, query: str) -> Showing:
        """Ask a query of `canary_query`.

        Raises `FORBIDDEN` where this identity may not read the workspace, `UNAVAILABLE` where nothing answers, and
        `BAD_RESPONSE` for anything but one row of its columns.
        """
        bearer = await self.token(f"{self.endpoint}/.default")
        try:
            async with self.session.post(
                f"{self.endpoint}/v1{self.resource_id}/query",
                json={"query": query},
                headers={"Authorization": f"Bearer {bearer}"},
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as response:
                body = await _read(response)
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise TextNLPError(
                f"{self.endpoint} does not answer.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="The workspace can be asked from inside its network only; run this there."),
            ) from exc
        if response.status != 200:  # noqa: PLR2004  HTTP's
            raise _refusal(response.status, body)
        return _showing(body)


async def await_verdict(
    ask: Callable[[], Awaitable[Showing]],
    timer: Timer,
    *,
    least_seconds: float,
    most_seconds: float,
    poll_seconds: float,
    tell: Callable[[Showing], None],
) -> Showing:
    """Ask until it is decided, and return the last answer.

    A version is rejected as soon as it shows too many errors, and promoted only after `least_seconds`, so that calls of
    an earlier share do not speak for a larger one. After `most_seconds` the answer is what it is: `WAIT` where too few
    calls came.
    """
    began = timer.monotonic()
    while True:
        showing = await ask()
        tell(showing)
        passed = timer.monotonic() - began
        if showing.verdict is Verdict.REJECT or passed >= most_seconds:
            return showing
        if showing.verdict is Verdict.PROMOTE and passed >= least_seconds:
            return showing
        await timer.sleep(min(poll_seconds, most_seconds - passed))


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > _MOST_BYTES:
            break
    return body


def _showing(body: bytes) -> Showing:
    try:
        (table,) = json.loads(body)["tables"]
        (row,) = table["rows"]
        values = dict(zip((column["name"] for column in table["columns"]), row, strict=True))
        total, failed, percent, verdict = (values[name] for name in _COLUMNS)
        return Showing(total=int(total), failed=int(failed), error_percent=float(percent), verdict=Verdict(verdict))
    except (KeyError, TypeError, ValueError) as exc:
        raise TextNLPError(
            f"Log Analytics answered with something else than one row of {', '.join(_COLUMNS)}.",
            kind=ErrorKind.BAD_RESPONSE,
        ) from exc


def _refusal(status: int, body: bytes) -> TextNLPError:
    told = body[:_MOST_TOLD].decode(errors="replace")
    if status in {401, 403}:
        return TextNLPError(
            f"Log Analytics answered with {status}: {told}",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint="This identity needs the role Log Analytics Reader on the workspace."),
        )
    kind = ErrorKind.UNAVAILABLE if status >= 500 or status == 429 else ErrorKind.BAD_RESPONSE  # noqa: PLR2004  HTTP's
    return TextNLPError(f"Log Analytics answered with {status}: {told}", kind=kind)
