import contextlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.doubles.certificates import write_certificates
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp_infra.deploy.microsoft_graph import MicrosoftGraph, opened_graph
from textnlp_infra.deploy.subscription import RefusedError

_ERROR = {"error": {"code": "Request_ResourceNotFound", "message": "Resource 'x' does not exist."}}


class _Hasty:
    """Satisfies `Timer`; a wait is over at once."""

    def __init__(self) -> None:
        self._at = 0.0

    def monotonic(self) -> float:
        """Tell seconds."""
        return self._at

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._at += seconds


async def _token(_: str) -> str:
    return "token"


@contextlib.asynccontextmanager
async def _graph(folder: Path, answer: Callable[[web.Request], web.Response]) -> AsyncGenerator[MicrosoftGraph]:
    certificates = write_certificates(folder)

    async def handle(request: web.Request) -> web.Response:
        return answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificates.server_context).start()
    address = f"https://localhost:{runner.addresses[0][1]}"
    try:
        async with opened_graph(address, _token, _Hasty(), poll_seconds=5, ca_file=certificates.authority) as graph:
            yield graph
    finally:
        await runner.cleanup()


def _always(status: int, body: Any = None) -> Callable[[web.Request], web.Response]:
    return lambda _: web.json_response(body or {}, status=status)


async def test_all_pages_are_read(tmp_path: Path) -> None:
    def answer(request: web.Request) -> web.Response:
        at = int(request.query.get("$skiptoken", "0"))
        link = f"{request.url.origin()}/v1.0/things?$skiptoken={at + 1}"
        return web.json_response({"value": [{"at": at}], **({"@odata.nextLink": link} if at < 3 else {})})

    async with _graph(tmp_path, answer) as graph:
        assert [item["at"] for item in await graph.listed("things")] == [0, 1, 2, 3]


async def test_a_page_elsewhere_gets_no_token(tmp_path: Path) -> None:
    body: dict[str, Any] = {"value": [], "@odata.nextLink": "https://elsewhere.example.com/v1.0/things"}
    async with _graph(tmp_path, _always(200, body)) as graph:
        with pytest.raises(TextNLPError, match="a next page elsewhere"):
            await graph.listed("things")


async def test_what_never_comes_to_be_known_is_told_in_graphs_words_after_three_minutes(tmp_path: Path) -> None:
    async with _graph(tmp_path, _always(404, _ERROR)) as graph:
        for writing in (graph.put("things('x')", {}, what="the thing"), graph.add("things", {}, what="the thing")):
            with pytest.raises(RefusedError, match="Request_ResourceNotFound: Resource 'x' does not exist"):
                await writing
        with pytest.raises(RefusedError, match="not there after 180 seconds"):
            await graph.awaited("things('x')", "id")
        assert await graph.find("things('x')", "id") is None
        assert await graph.listed("things") == ()
        await graph.delete("things/x", what="to delete it")
        assert graph.timer.monotonic() >= 3 * 180


async def test_a_busy_graph_is_asked_again_when_it_says(tmp_path: Path) -> None:
    answers = [web.json_response({}, status=429, headers={"Retry-After": "7"}), web.json_response({}, status=503)]

    def answer(_: web.Request) -> web.Response:
        return answers.pop(0) if answers else web.json_response({"id": "x"})

    async with _graph(tmp_path, answer) as graph:
        began = graph.timer.monotonic()
        assert await graph.find("things('x')", "id") == {"id": "x"}
        assert graph.timer.monotonic() - began == 7 + 5


async def test_the_page_of_a_proxy_is_a_refusal_with_its_status(tmp_path: Path) -> None:
    def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>", status=407)

    async with _graph(tmp_path, answer) as graph:
        with pytest.raises(RefusedError, match="407: no reason given"):
            await graph.find("things('x')", "id")


async def test_nothing_is_read_without_end(tmp_path: Path) -> None:
    async with _graph(tmp_path, _always(200, {"id": "x" * (5 * 1024 * 1024)})) as graph:
        with pytest.raises(TextNLPError, match="more than 4194304 bytes"):
            await graph.find("things('x')", "id")


async def test_who_has_no_identity_or_no_connection_is_told_so(tmp_path: Path) -> None:
    async def token(scope: str) -> str:
        raise TextNLPError(f"no token for {scope}", kind=ErrorKind.UNAUTHENTICATED)

    async with opened_graph("https://localhost:1", token, _Hasty(), poll_seconds=0) as graph:
        with pytest.raises(TextNLPError, match=r"no token for https://localhost:1/\.default"):
            await graph.find("applications(appId='x')", "id")
    async with opened_graph("https://localhost:1", _token, _Hasty(), poll_seconds=0) as graph:
        with pytest.raises(TextNLPError, match="cannot be reached") as refused:
            await graph.find("applications(appId='x')", "id")
    assert refused.value.kind is ErrorKind.UNAVAILABLE
