from pathlib import Path

from tests.doubles.openai_server import OpenAIStub, StubOptions
from textnlp.application.show_models import ModelStatus, show_models
from textnlp.bootstrap.deployment_gates import DeploymentGates
from textnlp.bootstrap.engine_wiring import EngineWiring, declared_models
from textnlp.bootstrap.telemetry import NO_TELEMETRY
from textnlp.domain.admission.server_load import ServerLoad
from textnlp.domain.generation.model import GenerationRequest, Message, Role
from textnlp.settings import Settings

MODELS = """
deployments:
  watched: {{base_url: "{base_url}", model: m, server: vllm, metrics_url: "{metrics_url}", concurrency: 4}}
  silent: {{base_url: "{base_url}", model: m, server: vllm}}
models:
  chat: {{deployments: [{{name: watched}}], fallback: [silent]}}
"""


async def test_a_server_that_tells_its_load_is_read_while_it_is_asked_and_shown_with_it(tmp_path: Path) -> None:
    async with OpenAIStub(StubOptions(begins=2)) as stub:
        page = stub.base_url.removesuffix("/v1") + "/metrics"
        file = tmp_path / "models.yaml"
        file.write_text(MODELS.format(base_url=stub.base_url, metrics_url=page), encoding="utf-8")
        settings = Settings(models=file, cache_dir=tmp_path)
        gates = DeploymentGates(settings, meter=NO_TELEMETRY.meter)
        wiring = EngineWiring(settings=settings, catalog=declared_models(settings), gates=gates)
        try:
            engine = wiring.engines.find("chat")
            await engine.generate(GenerationRequest(model="chat", messages=(Message(Role.USER, "Hi"),)))
            chat = of_chat(await show_models(wiring.engines, wiring.embeddings))
            reads = stub.metrics_reads
        finally:
            await wiring.engines.aclose()
    watched, silent = chat.deployments
    assert watched.watch is not None
    assert watched.watch.load == ServerLoad(running=0, waiting=0, cache_use=0.0)
    assert silent.watch is None
    assert reads == 1


def of_chat(models: list[ModelStatus]) -> ModelStatus:
    return next(model for model in models if model.name == "chat")
