"""Wires fine-tuning at providers, without a platform around it."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

from textnlp.adapters.engines.fine_tuning.provider import OpenAITuningProvider
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.prompt_files.example_file import ExampleFileSource
from textnlp.application.create_tuning import CreateTuning
from textnlp.application.follow_tuning import FollowTuning
from textnlp.application.model_registry import ModelRegistry
from textnlp.application.tuning_records import TuningRecords
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.engine_wiring import declared_models
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.routing.model import Deployment
from textnlp.domain.tuning.model import TuningTarget
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.example_source import ExampleSource
from textnlp.ports.tuning_provider import TuningProvider
from textnlp.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """Fine-tuning with the records and the registry of one blob store, at whichever provider a job names."""

    settings: Settings
    blobs: BlobStore
    clock: Clock = SYSTEM_CLOCK
    callers: DeploymentCallers = field(default_factory=DeploymentCallers)

    @property
    def records(self) -> TuningRecords:
        """What is remembered of jobs."""
        return TuningRecords(self.blobs)

    @contextlib.asynccontextmanager
    async def creating(self, target: TuningTarget) -> AsyncGenerator[CreateTuning]:
        """Open what makes jobs at a provider; raises `INVALID_INPUT` for one that is not known or has no key."""
        async with contextlib.aclosing(self._provider(target)) as provider:
            yield CreateTuning(provider, records=self.records, clock=self.clock)

    @contextlib.asynccontextmanager
    async def following(self, target: TuningTarget) -> AsyncGenerator[FollowTuning]:
        """Open what follows the jobs of a provider; raises as `creating` does."""
        registry = ModelRegistry(self.blobs, clock=self.clock)
        async with contextlib.aclosing(self._provider(target)) as provider:
            yield FollowTuning(provider, records=self.records, registry=registry, clock=self.clock)

    def _provider(self, target: TuningTarget) -> TuningProvider:
        deployment = self._deployment(target)
        endpoint = Endpoint(
            parse_base_url(deployment.base_url or ""),
            clock=self.clock,
            authentication=self.callers.of(deployment, self.settings),
        )
        return OpenAITuningProvider(endpoint, clock=self.clock)

    def _deployment(self, target: TuningTarget) -> Deployment:
        if target.deployment is None:
            return Deployment(name="", model="", base_url=target.base_url, api_key_env=target.api_key_env)
        declared = declared_models(self.settings).deployments
        if target.deployment not in declared:
            known = ", ".join(sorted(declared)) or "none"
            raise invalid_input(
                f"The models file declares no deployment {target.deployment!r}; declared are: {known}.",
                field="deployment",
            )
        return declared[target.deployment]


@contextlib.asynccontextmanager
async def open_tuning(settings: Settings) -> AsyncGenerator[Tuning]:
    """Open fine-tuning on the settings' blobs, beside a platform that may run on them or not."""
    async with contextlib.AsyncExitStack() as stack:
        yield Tuning(settings=settings, blobs=await open_blobs(stack, settings))


def tuning_target(settings: Settings, deployment: str | None) -> TuningTarget:
    """Return where jobs run: a deployment, or else the endpoint of the settings; raise `INVALID_INPUT` for neither."""
    if deployment is not None:
        return TuningTarget(deployment=deployment)
    if settings.base_url is None:
        raise TextNLPError(
            "It is not said who tunes the model.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Name a deployment of the models file, or give --base-url.", field="deployment"),
        )
    return TuningTarget(base_url=settings.base_url, api_key_env=settings.api_key_env)


def example_source(path: Path, *, field: str) -> ExampleSource:
    """Return what reads a file of examples; raise `INVALID_INPUT` with `field` where there is none."""
    return ExampleFileSource(path, field=field)
