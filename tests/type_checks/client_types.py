"""What a type checker knows of the client: `make check` reads this file, nothing runs it."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import assert_type

from textnlp.client import AsyncClient, Client
from textnlp.client.batches import BatchPage, BatchRead, ProgressRead
from textnlp.client.generations import GenerationChunk, GenerationCreate, GenerationRead


def blocking_calls(client: Client) -> None:
    """A blocking client returns models, and generators of them."""
    asked = GenerationCreate(prompt="Hello")
    assert_type(client.generations.generate(asked), GenerationRead)
    assert_type(client.generations.stream_generate(asked), Generator[GenerationChunk])
    assert_type(client.batches.list(limit=2), BatchPage)
    assert_type(client.batches.submit_file(Path("prompts.txt")), BatchRead)
    assert_type(client.batches.follow("batch"), Generator[ProgressRead | BatchRead])
    assert_type(client.batches.fetch_output("batch"), Generator[bytes])
    client.budgets.remove("budget")
    client.batches.list(limit="2")  # pyright: ignore[reportArgumentType]  a number is asked for
    client.batches.show()  # pyright: ignore[reportCallIssue]  whose batch?
    GenerationCreate(promt="Hello")  # pyright: ignore[reportCallIssue]  misspelt


async def calls_to_be_awaited(client: AsyncClient) -> None:
    """An asynchronous client has the same methods; streams are not awaited."""
    asked = GenerationCreate(prompt="Hello")
    assert_type(await client.generations.generate(asked), GenerationRead)
    assert_type(client.generations.stream_generate(asked), AsyncGenerator[GenerationChunk])
    assert_type(client.batches.follow("batch"), AsyncGenerator[ProgressRead | BatchRead])
    async for event in client.batches.follow("batch"):
        assert_type(event.counts.accepted, int)
