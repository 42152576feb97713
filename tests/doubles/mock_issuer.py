"""The issuer of the npm package oauth2-mock-server, in a process of its own."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

from tests.doubles.node_packages import node_command

_ANSWER_SECONDS = 30


class MockIssuer:
    """An OpenID Connect issuer that signs whatever it is told to, changes its key, and goes away."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self.url = url

    async def token(self, **claims: Any) -> str:
        """Return a token for an hour, with these claims beside or in place of the usual ones."""
        return (await self._told(do="token", payload=claims))["token"]

    async def grant(self, **claims: Any) -> None:
        """Put these claims into the access token of everybody who signs in."""
        await self._told(do="grant", payload=claims)

    async def rotate(self, kid: str) -> None:
        """Replace the key by another, at the same address; comes back from being away as well."""
        await self._told(do="rotate", kid=kid)

    async def stop(self) -> None:
        """Answer nobody any more."""
        await self._told(do="stop")

    async def _told(self, **command: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        return await answer_of(self._process)


async def answer_of(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """Return the next line that the process says."""
    assert process.stdout is not None
    async with asyncio.timeout(_ANSWER_SECONDS):
        line = await process.stdout.readline()
    assert line, "the issuer ended"
    return json.loads(line)


@contextlib.asynccontextmanager
async def running_issuer() -> AsyncGenerator[MockIssuer]:
    """Run an issuer, and end it when the block ends."""
    command = await asyncio.to_thread(node_command, "issuer.mjs")
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield MockIssuer(process, (await answer_of(process))["url"])
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
