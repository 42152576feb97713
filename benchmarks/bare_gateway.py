"""The least that a gateway does: looks a token up and passes the call on. Used by gateway.py.

Usage: bare_gateway.py BASE_URL TOKEN
"""

import asyncio
import hmac
import sys
from typing import Any

import aiohttp
import uvloop

from textnlp.api.server import serve_app


class BareGateway:
    """An ASGI application over one aiohttp session."""

    def __init__(self, base_url: str, token: str, session: aiohttp.ClientSession) -> None:
        self._url = f"{base_url}/chat/completions"
        self._wanted = f"Bearer {token}".encode()
        self._session = session

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            return
        brought = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not hmac.compare_digest(brought, self._wanted):
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        body = bytearray()
        has_more = True
        while has_more:
            message = await receive()
            body += message.get("body", b"")
            has_more = message.get("more_body", False)
        headers = {"Content-Type": "application/json"}
        async with self._session.post(self._url, data=bytes(body), headers=headers) as response:
            answer = await response.read()
        content_type = response.content_type.encode()
        headers_out = [(b"content-type", content_type), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": response.status, "headers": headers_out})
        await send({"type": "http.response.body", "body": answer})


async def serve(base_url: str, token: str) -> None:
    connector = aiohttp.TCPConnector(limit=256)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        serve_app(BareGateway(base_url, token, session), port=0) as serving,
    ):
        print(serving.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    if len(sys.argv) != 3:
        print(__doc__)
        return
    uvloop.run(serve(*sys.argv[1:]))


if __name__ == "__main__":
    main()
