"""Opens Microsoft Graph for the commands that register the application."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.access_tokens import AccessTokens
from textnlp.settings import read_settings
from textnlp_infra.deploy.microsoft_graph import MicrosoftGraph, opened_graph


@asynccontextmanager
async def opened_directory(poll_seconds: float) -> AsyncGenerator[MicrosoftGraph]:
    """Open Microsoft Graph of this cloud as whoever this process is; `poll_seconds` is the time between two tries."""
    tokens = access_tokens()
    try:
        bearer = partial(_bearer, tokens)
        async with opened_graph(
            read_settings().microsoft_graph, bearer, SYSTEM_CLOCK, poll_seconds=poll_seconds
        ) as graph:
            yield graph
    finally:
        await tokens.aclose()


async def _bearer(tokens: AccessTokens, scope: str) -> str:
    return (await tokens.token(scope)).value
