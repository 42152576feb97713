from tests.factories.memory_platform import CLOCK
from tests.factories.traces import MemoryTracing
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.application.tracing.traced_limiter import TracedCallLimiter
from textnlp.topology.limits import CALL_LIMITS


async def test_counts_are_calls_to_the_cache_and_tell_of_no_caller() -> None:
    tracing = MemoryTracing()
    limiter = TracedCallLimiter(MemoryCallLimiter(clock=CLOCK), tracer=tracing.tracer)
    await limiter.check()
    with tracing.tracer.begin("work") as work, tracing.tracer.within(work):
        assert (await limiter.take("secret caller", CALL_LIMITS, tokens=10)).is_allowed
        await limiter.settle("secret caller", CALL_LIMITS, tokens=-5)
    await limiter.aclose()
    calls = tracing.spans()[1:]
    assert [span.name for span in calls] == ["EVALSHA take", "EVALSHA settle"]
    assert {(span.attributes["db.system.name"], span.attributes["peer.service"]) for span in calls} == {
        ("redis", "cache")
    }
    assert "secret" not in str(calls)
