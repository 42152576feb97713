"""Wiring of engines: what comes with the platform, what the models file declares, and the endpoint of the settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TypeVar

from textnlp.adapters.engines.embedded import EmbeddedEngine
from textnlp.adapters.engines.embedded_embeddings import EmbeddedEmbeddings
from textnlp.adapters.engines.model_files import ModelFiles
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.embeddings import OpenAICompatibleEmbeddings
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.openai_compatible.profile import PROFILES
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.govern_embeddings import GovernedEmbeddings
from textnlp.application.govern_engine import GovernedEngine
from textnlp.application.pull_model import pull_model
from textnlp.application.route_calls import GovernedDeployment, Route, Target
from textnlp.application.routed_embeddings import RoutedEmbeddings
from textnlp.application.routed_engine import RoutedEngine
from textnlp.application.served_engine import ServedEmbeddings, ServedEngine
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.deployment_gates import DeploymentGates
from textnlp.bootstrap.telemetry import NO_TELEMETRY, Telemetry
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.routing.model import Deployment, DeploymentShare, ModelAlias, ModelCatalog
from textnlp.ports.model_store import ModelStore
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.models import EMBEDDED_EMBEDDINGS, EMBEDDED_MODEL

SCRIPTED_MODEL = "scripted"
_LLAMA = "llama.cpp"
_PROVIDERS = {"openai.azure.com": "azure.ai.openai", "services.ai.azure.com": "azure.ai.inference"}
_OPENAI = "openai"
_SCRIPTED_CONCURRENCY = 64
_LOCAL_EMBEDDING_CALLS = 4
_EMBEDDING_GATE = " (embeddings)"

Engine = TypeVar("Engine", bound=GovernedDeployment)


def embedded_names(settings: Settings) -> set[str]:
    """Return the names of the model that writes texts in this process."""
    return {EMBEDDED_MODEL.name, settings.model_file.stem} if settings.model_file else {EMBEDDED_MODEL.name}


def built_in_names(settings: Settings) -> set[str]:
    """Return the names of all models that come with the platform."""
    return {*embedded_names(settings), EMBEDDED_EMBEDDINGS.name, SCRIPTED_MODEL}


def model_store(settings: Settings) -> ModelStore:
    """Return where the file of the model that writes texts is found and fetched to."""
    return ModelFiles(settings.models_dir, clock=SYSTEM_CLOCK, own_file=settings.model_file)


def embedding_store(settings: Settings) -> ModelStore:
    """Return where the file of the model that embeds texts is found and fetched to."""
    return ModelFiles(settings.models_dir, clock=SYSTEM_CLOCK)


def declared_models(settings: Settings) -> ModelCatalog:
    """Return what the models file declares, nothing where there is none; raises what `read_models_file` does."""
    if settings.models is None:
        return ModelCatalog()
    from textnlp.adapters.documents.models_document import read_models_file  # noqa: PLC0415  YAML, for this alone

    return read_models_file(settings.models, built_in=built_in_names(settings))


@dataclass(frozen=True, kw_only=True)
class EngineWiring:
    """Builds the engines of one process; those of one deployment share its gate."""

    settings: Settings
    catalog: ModelCatalog
    gates: DeploymentGates
    telemetry: Telemetry = NO_TELEMETRY
    callers: DeploymentCallers = field(default_factory=DeploymentCallers)

    def require_usable(self) -> None:
        """Raise `INVALID_INPUT` for a declared deployment whose address is none, or whose key is not set.

        The same for an alias that nothing can be asked of, because some of its deployments only write texts and others
        only embed them.
        """
        usable = {*self.engines.names, *self.embeddings.names}
        for name in self.catalog.aliases:
            if name not in usable:
                message = f"No deployment of the alias {name} can stand in for another: some write, others embed."
                raise invalid_input(message, field=f"models.{name}")
        for deployment in self.catalog.deployments.values():
            try:
                parse_base_url(deployment.base_url or "")
                self.callers.of(deployment, self.settings)
            except TextNLPError as error:
                raise invalid_input(
                    f"The deployment {deployment.name} cannot be used: {error.full_text}",
                    field=f"deployments.{deployment.name}.{error.facts.field}",
                ) from error

    @cached_property
    def engines(self) -> EngineDirectory[ServedEngine]:
        """The engines that write texts."""
        embedded = self._embedded_engine
        own: dict[str, Callable[[], GovernedEngine]] = dict.fromkeys(embedded_names(self.settings), embedded)
        own[SCRIPTED_MODEL] = self._scripted_engine
        deployments = EngineDirectory({**own, **self._declared(self._endpoint_engine)})
        fallback = partial(self._endpoint_engine, self._endpoint) if self.settings.base_url else None
        return EngineDirectory[ServedEngine](
            {
                **{name: partial(deployments.find, name) for name in own},
                **{
                    alias.name: partial(_routed_engine, self._route_of(alias, deployments))
                    for alias in self._aliases(deployments)
                },
            },
            fallback=fallback,
        )

    @cached_property
    def embeddings(self) -> EngineDirectory[ServedEmbeddings]:
        """The engines that turn texts into vectors."""
        own: dict[str, Callable[[], GovernedEmbeddings]] = {
            EMBEDDED_EMBEDDINGS.name: self._embedded_embeddings,
            SCRIPTED_MODEL: self._scripted_embeddings,
        }
        deployments = EngineDirectory({**own, **self._declared(self._endpoint_embeddings)})
        fallback = partial(self._endpoint_embeddings, self._endpoint) if self.settings.base_url else None
        return EngineDirectory[ServedEmbeddings](
            {
                **{name: partial(deployments.find, name) for name in own},
                **{
                    alias.name: partial(_routed_embeddings, self._route_of(alias, deployments))
                    for alias in self._aliases(deployments)
                },
            },
            fallback=fallback,
        )

    def _declared(self, build: Callable[[Deployment], Engine]) -> dict[str, Callable[[], Engine]]:
        return {name: partial(build, deployment) for name, deployment in self.catalog.deployments.items()}

    def _aliases(self, deployments: EngineDirectory[Engine]) -> list[ModelAlias]:
        """Return the aliases whose deployments are all there, and the deployments that requests may name."""
        known = set(deployments.names)
        aliases = [alias for alias in self.catalog.aliases.values() if known.issuperset(alias.deployments)]
        direct = [name for name, deployment in self.catalog.deployments.items() if deployment.is_direct]
        return [*aliases, *(ModelAlias(name=name, tiers=((DeploymentShare(name=name),),)) for name in direct)]

    def _route_of(self, alias: ModelAlias, deployments: EngineDirectory[Engine]) -> Callable[[], Route[Engine]]:
        def build() -> Route[Engine]:
            declared = self.catalog.deployments
            targets = [
                Target(declared.get(name) or Deployment(name=name, model=name), deployments.find(name))
                for name in alias.deployments
            ]
            deadline = TOPOLOGY.limits.generation_deadline_seconds
            return Route(alias, targets, clock=SYSTEM_CLOCK, deadline_seconds=deadline)

        return build

    @property
    def _endpoint(self) -> Deployment:
        """The endpoint of the settings, which knows its own models."""
        address = parse_base_url(self.settings.base_url or "")
        return Deployment(
            name=address.origin,
            model="",
            base_url=self.settings.base_url,
            api_key_env=self.settings.api_key_env,
        )

    def _embedded_engine(self) -> GovernedEngine:
        settings = self.settings
        name = settings.model_file.stem if settings.model_file else EMBEDDED_MODEL.name
        engine = EmbeddedEngine(partial(pull_model, model_store(settings)), name=name, slots=settings.concurrency)
        gate = self.gates.gate(engine.name, concurrency=engine.capabilities.max_concurrency or 1)
        traced = self.telemetry.engine(engine, provider=_LLAMA)
        return GovernedEngine(traced, gate=gate, policy=_patient(), clock=SYSTEM_CLOCK)

    def _scripted_engine(self) -> GovernedEngine:
        gate = self.gates.gate(SCRIPTED_MODEL, concurrency=_SCRIPTED_CONCURRENCY)
        engine = self.telemetry.engine(ScriptedEngine(clock=SYSTEM_CLOCK), provider=SCRIPTED_MODEL)
        return GovernedEngine(engine, gate=gate, policy=_patient(), clock=SYSTEM_CLOCK)

    def _endpoint_engine(self, deployment: Deployment) -> GovernedEngine:
        engine = OpenAICompatibleEngine(
            parse_base_url(deployment.base_url or ""),
            clock=SYSTEM_CLOCK,
            name=deployment.name,
            authentication=self.callers.of(deployment, self.settings),
            profile=None if deployment.server is None else PROFILES[deployment.server],
            connections=self.gates.connections(deployment),
        )
        traced = self.telemetry.engine(engine, **_origin(deployment))
        return GovernedEngine(traced, gate=self.gates.gate_of(deployment), policy=_patient(), clock=SYSTEM_CLOCK)

    def _endpoint_embeddings(self, deployment: Deployment) -> GovernedEmbeddings:
        engine = OpenAICompatibleEmbeddings(
            parse_base_url(deployment.base_url or ""),
            clock=SYSTEM_CLOCK,
            name=deployment.name,
            authentication=self.callers.of(deployment, self.settings),
            connections=self.gates.connections(deployment),
        )
        traced = self.telemetry.embeddings(engine, **_origin(deployment))
        return GovernedEmbeddings(traced, gate=self.gates.gate_of(deployment), policy=_patient(), clock=SYSTEM_CLOCK)

    def _embedded_embeddings(self) -> GovernedEmbeddings:
        model = EMBEDDED_EMBEDDINGS
        engine = EmbeddedEmbeddings(
            partial(pull_model, embedding_store(self.settings), model=model),
            name=model.name,
            dimensions=model.embedding_dimensions,
            context_tokens=model.context_tokens,
        )
        gate = self.gates.gate(engine.name, concurrency=_LOCAL_EMBEDDING_CALLS)
        traced = self.telemetry.embeddings(engine, provider=_LLAMA)
        return GovernedEmbeddings(traced, gate=gate, policy=_patient(), clock=SYSTEM_CLOCK)

    def _scripted_embeddings(self) -> GovernedEmbeddings:
        gate = self.gates.gate(SCRIPTED_MODEL + _EMBEDDING_GATE, concurrency=_SCRIPTED_CONCURRENCY)
        engine = self.telemetry.embeddings(ScriptedEmbeddings(), provider=SCRIPTED_MODEL)
        return GovernedEmbeddings(engine, gate=gate, policy=_patient(), clock=SYSTEM_CLOCK)


def _routed_engine(build: Callable[[], Route[GovernedEngine]]) -> ServedEngine:
    return RoutedEngine(build())


def _routed_embeddings(build: Callable[[], Route[GovernedEmbeddings]]) -> ServedEmbeddings:
    return RoutedEmbeddings(build())


def _origin(deployment: Deployment) -> dict[str, str]:
    """Say in the words of OpenTelemetry's conventions who answers, and where.

    An endpoint of a server that is declared is called after it; one of which nothing is known speaks as OpenAI's.
    """
    host = parse_base_url(deployment.base_url or "").completions.host or ""
    known = next((name for domain, name in _PROVIDERS.items() if host.endswith(domain)), None)
    return {"provider": known or (deployment.server or _OPENAI), "server_address": host}


def _patient() -> RetryPolicy:
    return RetryPolicy(deadline_seconds=TOPOLOGY.limits.generation_deadline_seconds)
