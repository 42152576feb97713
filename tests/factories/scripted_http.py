"""What stands in for a platform that answers as a script says."""

from collections.abc import Callable

import httpx

Answer = httpx.Response | Exception


class ScriptedHttp:
    """Answers requests in the order of a script, whose last entry stays, and keeps what was asked."""

    def __init__(self, *answers: Answer | Callable[[], Answer]) -> None:
        self.requests: list[httpx.Request] = []
        self.bodies: list[bytes] = []
        self._answers = list(answers)

    @property
    def transport(self) -> httpx.MockTransport:
        """The transport of a client, blocking or not."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.bodies.append(request.read())
        entry = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        answer = entry() if callable(entry) else entry
        if isinstance(answer, Exception):
            raise answer
        return answer


def problem(status: int, code: str, *, headers: dict[str, str] | None = None) -> httpx.Response:
    """Return an answer with a problem document."""
    return httpx.Response(status, json={"code": code, "detail": "No."}, headers=headers)


def events(*lines: str) -> httpx.Response:
    """Return an answer with a stream of events."""
    return httpx.Response(200, content="".join(lines).encode(), headers={"content-type": "text/event-stream"})


class Pauses:
    """Takes the place of waiting, and keeps for how long."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def wait(self, seconds: float) -> None:
        self.seconds.append(seconds)

    async def wait_aside(self, seconds: float) -> None:
        self.seconds.append(seconds)
