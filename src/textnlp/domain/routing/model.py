"""Deployments, and the names behind which they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from textnlp.domain.generation.model import NO_PARAMETERS, Parameters


class Stickiness(StrEnum):
    """What makes two calls go to the same deployment first."""

    ROW = "row"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrices:
    """What a deployment costs, in USD for a million tokens."""

    input: Decimal
    output: Decimal
    cached_input: Decimal


class ServerKind(StrEnum):
    """Servers that speak OpenAI's protocol, each with its own ways; all but `generic` keep answers to a JSON Schema."""

    GENERIC = "generic"
    LLAMA_CPP = "llama_cpp"
    OLLAMA = "ollama"
    OPENAI = "openai"
    VLLM = "vllm"


class Identification(StrEnum):
    """How a deployment learns who calls."""

    KEY = "key"
    ENTRA = "entra"


class BatchProtocol(StrEnum):
    """Whose ways of taking batches a provider has."""

    OPENAI = "openai"
    AZURE = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A model at an endpoint, with limits of its own.

    Attributes:
        name: what the platform calls it.
        model: what the endpoint calls it.
        base_url: where it is; None for a model that comes with the platform.
        api_key_env: the environment variable that holds the endpoint's key, None where it asks for none.
        authentication: how it learns who calls; None for a key where one is named, and else for what its host takes.
        azureml_deployment: which deployment of an Azure ML online endpoint answers, None for the endpoint's own rules.
        server: which kind of server it is; None where its host tells, or nothing does.
        metrics_url: the page on which it tells how busy it is; None where nobody looks.
        concurrency: calls in flight at most, None for the platform's own number.
        requests_per_minute: calls begun in a minute, None for no limit.
        tokens_per_minute: tokens of a minute, None for no limit.
        timeout_seconds: how long one attempt may take, where that is less than the caller allows.
        batches: how its provider takes batches at half the price; None where it takes none.
        prices: what it costs; None leaves that to the list prices of its model.
        is_direct: requests may name it, as they do an alias.
    """

    name: str
    model: str
    base_url: str | None = None
    api_key_env: str | None = None
    authentication: Identification | None = None
    azureml_deployment: str | None = None
    server: ServerKind | None = None
    metrics_url: str | None = None
    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    timeout_seconds: float | None = None
    batches: BatchProtocol | None = None
    prices: TokenPrices | None = None
    is_direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentShare:
    """A deployment and its part of the calls, in proportion to the weights of the others."""

    name: str
    weight: float = 1.0


Tier = tuple[DeploymentShare, ...]
"""Deployments that share calls; the next tier takes those that none of them takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasDeclaration:
    """An alias as it is written down.

    Attributes:
        fallback: deployments or further aliases, asked in this order when none of `deployments` answers.
        defaults: parameters where a request gives none.
    """

    name: str
    deployments: Tier
    fallback: tuple[str, ...] = ()
    stickiness: Stickiness = Stickiness.ROW
    defaults: Parameters = NO_PARAMETERS


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAlias:
    """A name that requests use, with the deployments behind it; each is in one tier only."""

    name: str
    tiers: tuple[Tier, ...]
    stickiness: Stickiness = Stickiness.ROW
    defaults: Parameters = NO_PARAMETERS

    @property
    def deployments(self) -> list[str]:
        """The names of all deployments, tier by tier."""
        return [share.name for tier in self.tiers for share in tier]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCatalog:
    """What a platform declares: deployments and aliases, by name."""

    deployments: Mapping[str, Deployment] = field(default_factory=dict[str, Deployment])
    aliases: Mapping[str, ModelAlias] = field(default_factory=dict[str, ModelAlias])
