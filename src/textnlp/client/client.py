# Made from the OpenAPI document. To renew: make reference
"""Clients of a platform, with a resource an attribute."""

from types import TracebackType
from typing import Self

import httpx

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.batches import AsyncBatches, Batches
from textnlp.client.budgets import AsyncBudgets, Budgets
from textnlp.client.connection import ADDRESS_HINT, DEFAULT_RETRIES, DEFAULT_SERVER, DEFAULT_TIMEOUT_SECONDS, Connection
from textnlp.client.dataset_catalog import AsyncDatasetCatalog, DatasetCatalog
from textnlp.client.datasets import AsyncDatasets, Datasets
from textnlp.client.generations import AsyncGenerations, Generations
from textnlp.client.identity import AsyncIdentity, Identity
from textnlp.client.models import AsyncModels, Models
from textnlp.client.openai_batches import AsyncOpenAIBatches, OpenAIBatches
from textnlp.client.openai_chat import AsyncOpenAIChat, OpenAIChat
from textnlp.client.openai_embeddings import AsyncOpenAIEmbeddings, OpenAIEmbeddings
from textnlp.client.openai_files import AsyncOpenAIFiles, OpenAIFiles
from textnlp.client.openai_models import AsyncOpenAIModels, OpenAIModels
from textnlp.client.operations import AsyncOperations, Operations
from textnlp.client.recipes import AsyncRecipes, Recipes
from textnlp.client.reviews import AsyncReviews, Reviews
from textnlp.client.telemetry import AsyncTelemetry, Telemetry
from textnlp.client.templates import AsyncTemplates, Templates
from textnlp.client.transport import Transport
from textnlp.client.usage import AsyncUsage, Usage
from textnlp.client.validate import AsyncValidate, Validate
from textnlp.client.validations import AsyncValidations, Validations
from textnlp.client.webhooks import AsyncWebhooks, Webhooks


class Client:
    """Calls a platform, one call at a time.

    What it refuses is raised as `TextNLPError`, with the kind and the facts that the platform tells of; one
    that cannot be reached raises `UNAVAILABLE`, a `base_url` that is no address `INVALID_INPUT`. Calls that
    cannot do harm twice are made again where they failed for a reason that passes.

    Attributes:
        operations: how the platform is.
        identity: the operations around identity.
        generations: the operations around generations.
        openai_chat: the operations around OpenAI's chat.
        openai_embeddings: the operations around OpenAI's embeddings.
        models: the operations around models.
        openai_models: the operations around OpenAI's models.
        openai_files: the operations around OpenAI's files.
        openai_batches: the operations around OpenAI's batches.
        batches: the operations around batches.
        templates: the operations around templates.
        usage: the operations around usage.
        budgets: the operations around budgets.
        telemetry: the operations around telemetry.
        webhooks: the operations around webhooks.
        reviews: the operations around reviews.
        datasets: the operations around datasets.
        dataset_catalog: the operations around dataset catalog.
        validate: the operations around validate.
        validations: the operations around validations.
        recipes: the operations around recipes.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_SERVER,
        *,
        token: str | None = None,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        retries: int = DEFAULT_RETRIES,
        http_transport: httpx.BaseTransport | None = None,
        address_hint: str = ADDRESS_HINT,
    ) -> None:
        connection = Connection(
            server=base_url,
            token=token,
            timeout_seconds=timeout_seconds,
            retries=retries,
            address_hint=address_hint,
        )
        self._http = httpx.Client(**connection.options(), transport=http_transport)
        transport = Transport(self._http, connection)
        self.operations = Operations(transport)
        self.identity = Identity(transport)
        self.generations = Generations(transport)
        self.openai_chat = OpenAIChat(transport)
        self.openai_embeddings = OpenAIEmbeddings(transport)
        self.models = Models(transport)
        self.openai_models = OpenAIModels(transport)
        self.openai_files = OpenAIFiles(transport)
        self.openai_batches = OpenAIBatches(transport)
        self.batches = Batches(transport)
        self.templates = Templates(transport)
        self.usage = Usage(transport)
        self.budgets = Budgets(transport)
        self.telemetry = Telemetry(transport)
        self.webhooks = Webhooks(transport)
        self.reviews = Reviews(transport)
        self.datasets = Datasets(transport)
        self.dataset_catalog = DatasetCatalog(transport)
        self.validate = Validate(transport)
        self.validations = Validations(transport)
        self.recipes = Recipes(transport)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient:
    """Calls a platform, while others work.

    What it refuses is raised as `TextNLPError`, with the kind and the facts that the platform tells of; one
    that cannot be reached raises `UNAVAILABLE`, a `base_url` that is no address `INVALID_INPUT`. Calls that
    cannot do harm twice are made again where they failed for a reason that passes.

    Attributes:
        operations: how the platform is.
        identity: the operations around identity.
        generations: the operations around generations.
        openai_chat: the operations around OpenAI's chat.
        openai_embeddings: the operations around OpenAI's embeddings.
        models: the operations around models.
        openai_models: the operations around OpenAI's models.
        openai_files: the operations around OpenAI's files.
        openai_batches: the operations around OpenAI's batches.
        batches: the operations around batches.
        templates: the operations around templates.
        usage: the operations around usage.
        budgets: the operations around budgets.
        telemetry: the operations around telemetry.
        webhooks: the operations around webhooks.
        reviews: the operations around reviews.
        datasets: the operations around datasets.
        dataset_catalog: the operations around dataset catalog.
        validate: the operations around validate.
        validations: the operations around validations.
        recipes: the operations around recipes.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_SERVER,
        *,
        token: str | None = None,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        retries: int = DEFAULT_RETRIES,
        http_transport: httpx.AsyncBaseTransport | None = None,
        address_hint: str = ADDRESS_HINT,
    ) -> None:
        connection = Connection(
            server=base_url,
            token=token,
            timeout_seconds=timeout_seconds,
            retries=retries,
            address_hint=address_hint,
        )
        self._http = httpx.AsyncClient(**connection.options(), transport=http_transport)
        transport = AsyncTransport(self._http, connection)
        self.operations = AsyncOperations(transport)
        self.identity = AsyncIdentity(transport)
        self.generations = AsyncGenerations(transport)
        self.openai_chat = AsyncOpenAIChat(transport)
        self.openai_embeddings = AsyncOpenAIEmbeddings(transport)
        self.models = AsyncModels(transport)
        self.openai_models = AsyncOpenAIModels(transport)
        self.openai_files = AsyncOpenAIFiles(transport)
        self.openai_batches = AsyncOpenAIBatches(transport)
        self.batches = AsyncBatches(transport)
        self.templates = AsyncTemplates(transport)
        self.usage = AsyncUsage(transport)
        self.budgets = AsyncBudgets(transport)
        self.telemetry = AsyncTelemetry(transport)
        self.webhooks = AsyncWebhooks(transport)
        self.reviews = AsyncReviews(transport)
        self.datasets = AsyncDatasets(transport)
        self.dataset_catalog = AsyncDatasetCatalog(transport)
        self.validate = AsyncValidate(transport)
        self.validations = AsyncValidations(transport)
        self.recipes = AsyncRecipes(transport)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
