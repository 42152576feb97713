"""The models that say how likely texts are."""

from functools import partial

from textnlp.adapters.engines.embedded_scorer import EmbeddedScorer
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.scorer import OpenAICompatibleScorer
from textnlp.adapters.engines.scripted_scorer import ScriptedScorer
from textnlp.application.pull_model import pull_model
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.engine_wiring import (
    SCRIPTED_MODEL,
    built_in_names,
    declared_models,
    embedded_names,
    model_store,
)
from textnlp.domain.errors import invalid_input
from textnlp.domain.routing.model import Deployment
from textnlp.ports.text_scorer import TextScorer
from textnlp.ports.token_counter import TokenCounter
from textnlp.settings import Settings
from textnlp.topology.models import EMBEDDED_MODEL


class Scorers:
    """Finds what scores with a model or counts its tokens, and keeps it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: EmbeddedScorer | None = None
        self._open: dict[str, TextScorer] = {}

    def find(self, model: str | None, *, is_confined: bool) -> TextScorer:
        """Return what scores with `model`, the one that runs in this process where it is None.

        Of an alias its first deployment is asked, since two models do not find the same text equally likely. Raises
        `INVALID_INPUT` with the field `model` for one that is not known, and for one elsewhere where the checks are a
        stranger's: nobody would be charged for it.
        """
        own = embedded_names(self._settings)
        name = EMBEDDED_MODEL.name if model is None or model in own else model
        if is_confined and name not in {EMBEDDED_MODEL.name, SCRIPTED_MODEL}:
            known = ", ".join(sorted({*own, SCRIPTED_MODEL}))
            raise invalid_input(f"A server scores with models of its own only: {known}.", field="model")
        found = self._open.get(name)
        if found is None:
            found = self._open[name] = self._made(name)
        return found

    def token_counter(self) -> TokenCounter:
        """Return what counts the tokens of the model that runs in this process."""
        return self._embedded()

    async def aclose(self) -> None:
        """Close all."""
        while self._open:
            _, scorer = self._open.popitem()
            await scorer.aclose()
        if self._own is not None:
            await self._own.aclose()

    def _made(self, name: str) -> TextScorer:
        if name == EMBEDDED_MODEL.name:
            return self._embedded()
        return ScriptedScorer() if name == SCRIPTED_MODEL else self._elsewhere(self._deployment(name))

    def _embedded(self) -> EmbeddedScorer:
        if self._own is None:
            settings = self._settings
            name = settings.model_file.stem if settings.model_file else EMBEDDED_MODEL.name
            self._own = EmbeddedScorer(partial(pull_model, model_store(settings)), name=name)
        return self._own

    def _deployment(self, name: str) -> Deployment:
        catalog = declared_models(self._settings)
        alias = catalog.aliases.get(name)
        found = catalog.deployments.get(name if alias is None else alias.deployments[0])
        if found is not None and found.base_url is not None and (alias is not None or found.is_direct):
            return found
        if alias is None and found is None and name not in built_in_names(self._settings) and self._settings.base_url:
            key = self._settings.api_key_env
            return Deployment(name=name, model=name, base_url=self._settings.base_url, api_key_env=key)
        raise invalid_input(f"There is no model {name!r} that likelihoods can be had of.", field="model")

    def _elsewhere(self, deployment: Deployment) -> TextScorer:
        return OpenAICompatibleScorer(
            parse_base_url(deployment.base_url or ""),
            clock=SYSTEM_CLOCK,
            model=deployment.model,
            authentication=DeploymentCallers().of(deployment, self._settings),
        )
