"""The engines that answer through providers' batches."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.provider_batch.options import AZURE_BATCHES, OPENAI_BATCHES, ProviderBatchOptions
from textnlp.application.cached_engine import CachedEngine, kept_key
from textnlp.application.deployment_engine import DeploymentEngine
from textnlp.application.keep_calls import CallKeeper
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.domain.errors import TextNLPError, not_found
from textnlp.domain.generation.model import NO_PARAMETERS, Completion, Parameters
from textnlp.domain.generation.reuse import is_whole
from textnlp.domain.routing.model import BatchProtocol, Deployment, ModelCatalog
from textnlp.ports.clock import Clock
from textnlp.ports.provider_batch_journal import ProviderBatchJournal
from textnlp.ports.text_engine import TextEngine
from textnlp.settings import Settings

if TYPE_CHECKING:
    from textnlp.adapters.engines.provider_batch.engine import ProviderBatchEngine

_OPTIONS = {BatchProtocol.OPENAI: OPENAI_BATCHES, BatchProtocol.AZURE: AZURE_BATCHES}
_OPENAI_HOST = "api.openai.com"


@dataclass(kw_only=True)
class ProviderBatches:
    """Finds the deployments whose providers take batches, and opens one engine for each.

    Answers that nobody waits for any more are kept among the answers that are given again.
    """

    settings: Settings
    catalog: ModelCatalog
    journal: ProviderBatchJournal
    keeper: CallKeeper
    clock: Clock
    callers: DeploymentCallers = field(default_factory=DeploymentCallers)
    _opened: dict[str, "ProviderBatchEngine"] = field(default_factory=dict[str, "ProviderBatchEngine"])

    def takes(self, model: str) -> bool:
        """Whether the provider of a model takes batches."""
        return self._deployment(model) is not None

    def find(self, model: str) -> TextEngine:
        """Return what answers for a model through batches; raises `NOT_FOUND` where its provider takes none."""
        found = self._deployment(model)
        if found is None:
            raise not_found(f"The provider of {model!r} takes no batches.")
        deployment, defaults = found
        engine = self._opened.get(deployment.name)
        if engine is None:
            engine = self._opened[deployment.name] = self._open(deployment)
        return DeploymentEngine(CachedEngine(engine, keeper=self.keeper), model=deployment.model, defaults=defaults)

    def names_of(self, model: str) -> frozenset[str]:
        """Return the names under which a model answers through batches."""
        found = self._deployment(model)
        return frozenset({model}) if found is None else frozenset({model, found[0].model or model})

    async def aclose(self) -> None:
        """Leave batches at their providers, from where the next process takes them up."""
        for engine in self._opened.values():
            await engine.aclose()

    def _open(self, deployment: Deployment) -> "ProviderBatchEngine":
        from textnlp.adapters.engines.provider_batch.engine import ProviderBatchEngine  # noqa: PLC0415  few open one

        async def keep(payload: bytes, completion: Completion) -> None:
            if is_whole(completion):
                await self.keeper.keep(kept_key(payload, engine=deployment.name), completion)

        return ProviderBatchEngine(
            Endpoint(
                parse_base_url(deployment.base_url or ""),
                clock=self.clock,
                authentication=self.callers.of(deployment, self.settings),
            ),
            journal=self.journal,
            clock=self.clock,
            name=deployment.name,
            options=_options(deployment),
            on_answer=keep,
        )

    def _deployment(self, model: str) -> tuple[Deployment, Parameters] | None:
        """Return the first deployment of a model that takes batches, with the parameters that its alias sets."""
        alias = self.catalog.aliases.get(model)
        names = [model] if alias is None else alias.deployments
        for name in names:
            found = self.catalog.deployments.get(name)
            if found is not None and found.batches is not None and (alias is not None or found.is_direct):
                return found, NO_PARAMETERS if alias is None else alias.defaults
        return None if alias is not None or model in self.catalog.deployments else self._endpoint()

    def _endpoint(self) -> tuple[Deployment, Parameters] | None:
        """Return the endpoint of the settings where it is known to take batches."""
        if not self.settings.base_url:
            return None
        try:
            address = parse_base_url(self.settings.base_url)
        except TextNLPError:
            return None
        if address.completions.host != _OPENAI_HOST:
            return None
        deployment = Deployment(
            name=address.origin,
            model="",
            base_url=self.settings.base_url,
            api_key_env=self.settings.api_key_env,
            batches=BatchProtocol.OPENAI,
        )
        return deployment, NO_PARAMETERS


def _options(deployment: Deployment) -> ProviderBatchOptions:
    return _OPTIONS[deployment.batches or BatchProtocol.OPENAI]
