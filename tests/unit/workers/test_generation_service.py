import asyncio
from dataclasses import replace

from tests.factories.memory_platform import CLOCK, memory_platform
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.application.submit_generation import submit_generation
from textnlp.domain.generation.model import GenerationRequest, Message, Role
from textnlp.domain.generation.record import GenerationState
from textnlp.domain.identity.tenant import Owner
from textnlp.workers.generation_service import serve_generations

REQUEST = GenerationRequest(model="scripted", messages=(Message(Role.USER, "Hello"),))


async def test_a_service_that_is_told_to_stop_has_the_time_of_its_platform_to_drain() -> None:
    engine = ScriptedEngine(clock=CLOCK, latency_seconds=0.05)
    platform = replace(memory_platform(engine), drain_seconds=5)
    ports = platform.generation_ports
    serving = asyncio.create_task(serve_generations(platform))
    record = await submit_generation(ports, REQUEST, owner=Owner(tenant="t", caller="c"))
    async with asyncio.timeout(5):
        while True:
            if engine.calls:
                break
            await asyncio.sleep(0.005)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert serving.cancelled()
    assert (await ports.store.get(record.id)).state is GenerationState.COMPLETED
