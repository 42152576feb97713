import pytest

from tests.factories.memory_platform import CLOCK
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.application.register_client import register_client
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.client import Client, ClientRequest
from textnlp.topology.scopes import READ

ASKED = ClientRequest(name="nightly", permissions=(READ,))


class Taken(MemoryClientRegistry):
    """Refuses the first keys, as if their public parts were others' already."""

    def __init__(self, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    async def create(self, client: Client) -> None:
        if self.refusals:
            self.refusals -= 1
            raise TextNLPError("The prefix is taken.", kind=ErrorKind.CONFLICT)
        await super().create(client)


async def test_a_key_whose_public_part_is_taken_is_thrown_again() -> None:
    registry = Taken(refusals=2)
    client, key = await register_client(registry, ASKED, now=CLOCK.now())
    assert await registry.find_by_prefix(key.prefix) == client


async def test_bad_luck_without_end_is_told() -> None:
    with pytest.raises(TextNLPError) as caught:
        await register_client(Taken(refusals=3), ASKED, now=CLOCK.now())
    assert caught.value.kind is ErrorKind.CONFLICT
