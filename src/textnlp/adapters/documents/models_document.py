"""The models file: deployments, and the aliases that stand for them."""

from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from textnlp.adapters.documents.yaml_document import Place, YamlDocument, place_of
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import Parameters
from textnlp.domain.routing.model import (
    AliasDeclaration,
    BatchProtocol,
    Deployment,
    DeploymentShare,
    Identification,
    ModelCatalog,
    ServerKind,
    Stickiness,
    TokenPrices,
)
from textnlp.domain.routing.rules import resolve_aliases
from textnlp.domain.validation.service_url import require_service_url

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]
Amount = Annotated[Decimal, Field(ge=0, le=100_000)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PricesDocument(_Document):
    """What a deployment costs, in USD for a million tokens."""

    input: Amount = Field(description="Tokens of the prompt.")
    output: Amount = Field(default=Decimal(0), description="Tokens of the completion; embeddings have none.")
    cached_input: Amount | None = Field(
        default=None, description="Tokens of the prompt that the endpoint had cached; as `input` where it is not given."
    )


class DeploymentDocument(_Document):
    """A model at an OpenAI-compatible endpoint, with limits of its own."""

    base_url: str = Field(description="The endpoint, up to its version, such as `https://host/v1`.")
    model: Annotated[str, Field(min_length=1)] = Field(description="What the endpoint calls the model.")
    api_key_env: str | None = Field(
        default=None,
        description=(
            "Environment variable that holds the endpoint's key, or keyvault:NAME for a secret of the vault in the "
            "settings; no key where it is not given."
        ),
    )
    authentication: Identification | None = Field(
        default=None,
        description="`entra`: a token of Microsoft Entra ID instead of a key, as hosts of Azure get where no key is "
        "named; `key`: the key of `api_key_env`.",
    )
    azureml_deployment: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,31}$")] | None = Field(
        default=None, description="Which deployment of an Azure ML online endpoint answers; else its traffic rules say."
    )
    server: ServerKind | None = Field(
        default=None,
        description="Which server answers there; all but `generic` keep to JSON Schemas. Known hosts need not be told.",
    )
    metrics_url: str | None = Field(
        default=None,
        description="Page of Prometheus metrics of a server of kind `vllm`, such as `http://host:8000/metrics`, read "
        "once a second while it is asked: no more calls are sent than it begins.",
    )
    concurrency: int | None = Field(default=None, ge=1, le=4096, description="Calls in flight at most.")
    requests_per_minute: int | None = Field(default=None, ge=1, description="Calls begun in a minute at most.")
    tokens_per_minute: int | None = Field(default=None, ge=1, description="Tokens of a minute at most.")
    timeout_seconds: float | None = Field(
        default=None, gt=0, le=3600, description="How long one attempt may take, where the caller allows more."
    )
    batches: BatchProtocol | None = Field(
        default=None, description="Whose way of taking batches, at half the price and within a day, the provider has."
    )
    prices: PricesDocument | None = Field(
        default=None, description="What it costs; the list prices of `model` hold where it is not given."
    )
    direct: bool = Field(default=False, description="Whether requests may name the deployment itself.")


class ShareDocument(_Document):
    """A deployment of an alias and its part of the calls."""

    name: str = Field(description="A deployment of this file, or a model that comes with the platform.")
    weight: float = Field(default=1.0, gt=0, le=1_000_000, description="Its part, relative to the other weights.")


class DefaultsDocument(_Document):
    """Sampling parameters where a request gives none."""

    temperature: float | None = Field(default=None, ge=0, le=2, description="Sampling temperature.")
    top_p: float | None = Field(default=None, gt=0, le=1, description="Share of the likeliest tokens drawn from.")
    max_tokens: int | None = Field(default=None, ge=1, description="Completion tokens at most.")
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2, description="Against frequent tokens.")
    presence_penalty: float | None = Field(default=None, ge=-2, le=2, description="Against tokens that occurred.")


class AliasDocument(_Document):
    """A name that requests use."""

    deployments: Annotated[list[ShareDocument], Field(min_length=1, max_length=100)] = Field(
        description="Who shares the calls."
    )
    fallback: Annotated[list[str], Field(max_length=100)] = Field(
        default=[],
        description="Deployments or aliases, asked in this order when none of `deployments` answers.",
    )
    sticky: Stickiness = Field(
        default=Stickiness.ROW,
        description="`row`: the same row, or the same seed and conversation, asks the same deployment first; "
        "`none`: chance decides.",
    )
    defaults: DefaultsDocument = Field(
        default=DefaultsDocument(), description="Sampling parameters where a request gives none."
    )


class ModelsDocument(_Document):
    """Deployments, and the aliases that requests use for them."""

    deployments: dict[Name, DeploymentDocument] = Field(default={}, description="Deployments by name.")
    models: dict[Name, AliasDocument] = Field(default={}, description="Aliases by name.")


def read_models_file(path: Path, *, built_in: Collection[str] = ()) -> ModelCatalog:
    """Read a models file; `built_in` are the models that come with the platform, which aliases may name.

    Raises what `YamlDocument` does, and `INVALID_INPUT` with file, line, column and path for what is wrong with its
    content: an unknown key, with the nearest one that is known; a deployment that is not declared, or has the name of
    a model that comes with the platform; and what `resolve_aliases` refuses.
    """
    written = YamlDocument(path)
    document = written.validated(ModelsDocument)
    for name in document.deployments:
        if name in built_in:
            raise written.refusal("this is the name of a model that comes with the platform", ("deployments", name))
    _require_readable_load(written, document)
    deployments = {name: _deployment(name, each) for name, each in document.deployments.items()}
    declared = [_declaration(name, each) for name, each in document.models.items()]
    try:
        aliases = resolve_aliases(declared, deployments={*deployments, *built_in})
    except TextNLPError as error:
        place = _place(error.facts.field or "", names=list(document.models))
        raise written.refusal(error.message, place) from error
    return ModelCatalog(deployments=deployments, aliases=aliases)


def _require_readable_load(written: YamlDocument, document: ModelsDocument) -> None:
    for name, deployment in document.deployments.items():
        if deployment.metrics_url is None:
            continue
        place = ("deployments", name, "metrics_url")
        if deployment.server is not ServerKind.VLLM:
            raise written.refusal("only the metrics of `server: vllm` can be read", place)
        try:
            require_service_url(deployment.metrics_url, field="metrics_url")
        except TextNLPError as error:
            raise written.refusal(error.message, place) from error


def _deployment(name: str, written: DeploymentDocument) -> Deployment:
    prices = written.prices
    return Deployment(
        name=name,
        model=written.model,
        base_url=written.base_url,
        api_key_env=written.api_key_env,
        authentication=written.authentication,
        azureml_deployment=written.azureml_deployment,
        server=written.server,
        metrics_url=written.metrics_url,
        batches=written.batches,
        concurrency=written.concurrency,
        requests_per_minute=written.requests_per_minute,
        tokens_per_minute=written.tokens_per_minute,
        timeout_seconds=written.timeout_seconds,
        prices=None
        if prices is None
        else TokenPrices(
            input=prices.input,
            output=prices.output,
            cached_input=prices.input if prices.cached_input is None else prices.cached_input,
        ),
        is_direct=written.direct,
    )


def _declaration(name: str, written: AliasDocument) -> AliasDeclaration:
    return AliasDeclaration(
        name=name,
        deployments=tuple(DeploymentShare(name=share.name, weight=share.weight) for share in written.deployments),
        fallback=tuple(written.fallback),
        stickiness=written.sticky,
        defaults=Parameters(**written.defaults.model_dump()),
    )


def _place(field: str, *, names: list[str]) -> Place:
    """Take a field such as `models.gpt-5.4.fallback[1]` apart; the alias may hold dots itself."""
    alias = max((name for name in names if field.startswith(f"models.{name}")), key=len, default="")
    return ("models", alias, *place_of(field.removeprefix(f"models.{alias}")))
