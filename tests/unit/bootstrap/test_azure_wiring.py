import contextlib
from collections.abc import AsyncGenerator

import pytest

from tests.doubles.access_tokens import HandedTokens
from tests.doubles.clock import ManualClock
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.bootstrap import azure_wiring
from textnlp.bootstrap.azure_wiring import access_tokens, azure_credential
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.bootstrap.database_wiring import database_address
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.event_wiring import event_publisher
from textnlp.bootstrap.platform import PlatformOptions, open_platform
from textnlp.domain.routing.model import Deployment
from textnlp.ports.access_tokens import COGNITIVE_SERVICES, POSTGRESQL, STORAGE
from textnlp.settings import Settings, read_settings
from textnlp.topology.catalog import TOPOLOGY

ON_AZURE = read_settings(
    {
        "DATABASE_URL": "postgresql://api@db.example/textnlp?sslrootcert=/etc/ssl/ca.crt",
        "TEXTNLP_DATABASE_AUTHENTICATION": "entra",
        "TEXTNLP_BLOB_URL": "azure://account1",
        "TEXTNLP_EVENT_GRID_URL": "https://topic.example/api/events",
    }
)
DEPLOYMENT = Deployment(name="gpt", model="gpt", base_url="https://name.openai.azure.com")


@pytest.fixture
async def tokens() -> AsyncGenerator[HandedTokens]:
    lent = HandedTokens(ManualClock())
    yield lent
    assert not lent.is_closed


async def test_lent_tokens_stay_open_and_are_the_same_for_a_library(tokens: HandedTokens) -> None:
    async with contextlib.aclosing(access_tokens(tokens)) as shown, azure_credential(tokens) as credential:
        assert (await credential.get_token(STORAGE)).token == (await shown.token(STORAGE)).value
    assert tokens.asked == [STORAGE, STORAGE]


async def test_every_part_shows_the_tokens_that_it_was_lent(tokens: HandedTokens) -> None:
    async with database_address(ON_AZURE, tokens) as address:
        await address.conninfo()
    caller = DeploymentCallers(tokens).of(DEPLOYMENT, ON_AZURE)
    await caller.headers()
    await caller.aclose()
    async with contextlib.AsyncExitStack() as stack:
        await open_blobs(stack, ON_AZURE, tokens)
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=ManualClock())
    await event_publisher(ON_AZURE, queue, tokens).aclose()
    assert tokens.asked == [POSTGRESQL, COGNITIVE_SERVICES]


@pytest.mark.postgres
async def test_a_platform_has_one_identity_whatever_it_uses(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made: list[EntraAccessTokens] = []

    class Counted(EntraAccessTokens):
        def __init__(self, **options: object) -> None:
            super().__init__(**options)  # pyright: ignore[reportArgumentType]
            made.append(self)

    monkeypatch.setattr(azure_wiring, "EntraAccessTokens", Counted)
    folder = tmp_path_factory.mktemp("platform")
    models = folder / "models.yaml"
    models.write_text("deployments: {gpt: {base_url: 'https://name.openai.azure.com', model: gpt, direct: true}}\n")
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        blob_url="azure://account1",
        queue_url="servicebus://name.servicebus.windows.net",
        event_grid_url="https://topic.example/api/events",
        key_vault_url="https://name.vault.azure.net",
        models=models,
    )
    async with open_platform(settings, PlatformOptions(takes_calls=True)) as platform:
        platform.engines.find("gpt")
    assert len(made) == 1
