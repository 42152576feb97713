from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from tests.factories.routes import Deployments
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.served_engine import ServedEngine
from textnlp.domain.routing.model import DeploymentShare


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
