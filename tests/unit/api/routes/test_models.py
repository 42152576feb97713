from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from tests.factories.routes import Deployments
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.served_engine import ServedEngine
from textnlp.application.server_watch import ServerWatch
from textnlp.domain.admission.server_load import ServerLoad
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.routing.model import DeploymentShare


class KnownLoad:
    """Tells what it was given, and that nobody answers where it was given nothing."""

    def __init__(self, load: ServerLoad | None) -> None:
        self._load = load

    async def read(self) -> ServerLoad:
        if self._load is None:
            raise TextNLPError("Nobody answers.", kind=ErrorKind.UNAVAILABLE)
        return self._load


async def test_models_are_shown_with_their_deployments_and_how_they_are() -> None:
    deployments = Deployments({"east": [], "spare": []}, shares=[DeploymentShare(name="east", weight=3)])
    deployments.break_off("east")
    engines = EngineDirectory[ServedEngine]({"chat": lambda: deployments.routed})
    platform = memory_platform(engines=engines)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as client:
        answer = await client.post("/api/v1/generate", json={"prompt": "Hi", "model": "chat"})
        chat = await client.post(
            "/v1/chat/completions", json={"model": "chat", "messages": [{"role": "user", "content": "Hi"}]}
        )
        streamed = await client.post(
            "/v1/chat/completions",
            json={"model": "chat", "messages": [{"role": "user", "content": "Hi"}], "stream": True},
        )
        listed = (await client.get("/api/v1/models")).json()["models"]
        names = [each["id"] for each in (await client.get("/v1/models")).json()["data"]]
    assert (answer.json()["deployment"], answer.json()["model"]) == ("spare", "spare-model")
    for response in (chat, streamed):
        assert response.headers["x-textnlp-deployment"] == "spare"
    assert chat.json()["model"] == "spare-model"
    shown, scripted = listed
    assert (shown["id"], shown["writes"], shown["embeds"]) == ("chat", True, False)
    east, spare = shown["deployments"]
    assert (east["name"], east["weight"], east["tier"], east["state"], east["failed"]) == ("east", 3, 0, "open", 20)
    assert (spare["name"], spare["tier"], spare["state"], spare["answered"]) == ("spare", 1, "closed", 3)
    assert (scripted["id"], scripted["embeds"], scripted["is_default"]) == ("scripted", True, True)
    assert names == ["chat", "scripted"]
    assert (east["server"], spare["server"]) == (None, None)


async def test_how_busy_a_server_is_stands_beside_its_deployment() -> None:
    deployments = Deployments({"told": [], "silent": []})
    for name, load in (("told", ServerLoad(running=3, waiting=1, cache_use=0.25)), ("silent", None)):
        watch = ServerWatch(KnownLoad(load), clock=deployments.clock, name=name)
        deployments.gates[name].watch = watch
    engines = EngineDirectory[ServedEngine]({"chat": lambda: deployments.routed})
    platform = memory_platform(engines=engines)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as client:
        chat = (await client.get("/api/v1/models")).json()["models"][0]
    told, silent = chat["deployments"]
    assert told["server"] == {"healthy": True, "running": 3, "waiting": 1, "cache_use": 0.25}
    assert silent["server"] == {"healthy": False, "running": None, "waiting": None, "cache_use": None}
