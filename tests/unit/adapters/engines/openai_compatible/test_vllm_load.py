import pytest

from tests.doubles.openai_server import OpenAIStub, StubOptions
from tests.doubles.vllm_metrics import metrics_page
from textnlp.adapters.engines.openai_compatible.vllm_load import VllmLoad, load_on
from textnlp.domain.admission.server_load import ServerLoad
from textnlp.domain.errors import ErrorKind, TextNLPError

PAGE = metrics_page(running=12, waiting=8, cache_use=0.94)


def test_the_figures_are_found_among_all_others() -> None:
    assert load_on(PAGE) == ServerLoad(running=12, waiting=8, cache_use=0.94)


def test_engines_of_one_server_are_added_up_and_the_fullest_cache_counts() -> None:
    other = metrics_page(running=3, waiting=1, cache_use=0.2).replace('engine="0"', 'engine="1"')
    assert load_on(PAGE + other) == ServerLoad(running=15, waiting=9, cache_use=0.94)


def test_the_older_name_of_the_cache_is_known() -> None:
    older = PAGE.replace("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")
    assert load_on(older).cache_use == 0.94


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("", "has no vllm:num_requests_running"),
        (PAGE.replace("vllm:num_requests_waiting{", "vllm:other{"), "has no vllm:num_requests_waiting"),
        (PAGE.replace("0.94", "NaN"), "has no vllm:kv_cache_usage_perc"),
        (PAGE.replace("} 12.0", "} -1"), "has no vllm:num_requests_running"),
        (PAGE.replace("} 12.0", "} twelve"), "not in Prometheus' format"),
        (PAGE.replace('"} 12.0', " 12.0"), "not in Prometheus' format"),
        ("<html>Sign in</html>", "has no vllm:num_requests_running"),
    ],
)
def test_a_page_without_the_figures_is_refused_by_name(page: str, said: str) -> None:
    with pytest.raises(TextNLPError, match=said) as caught:
        load_on(page)
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    assert "metrics_url" in (caught.value.facts.hint or "")


async def test_the_page_is_read_over_http_without_a_key() -> None:
    async with OpenAIStub(StubOptions(begins=2, api_key="secret")) as stub:
        page = stub.base_url.removesuffix("/v1") + "/metrics"
        assert await VllmLoad(page).read() == ServerLoad(running=0, waiting=0, cache_use=0.0)
        with pytest.raises(TextNLPError, match="answered 404 for its metrics") as caught:
            await VllmLoad(stub.base_url).read()
    assert caught.value.kind is ErrorKind.BAD_RESPONSE
    with pytest.raises(TextNLPError, match="cannot be reached") as caught:
        await VllmLoad(page).read()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
