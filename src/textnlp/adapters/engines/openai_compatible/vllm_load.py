"""The load of a vLLM server, from its page of Prometheus metrics."""

import math
from collections.abc import Iterable
from http import HTTPStatus

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from yarl import URL

from textnlp.adapters.engines.openai_compatible.connections import connection_error, read_bounded
from textnlp.domain.admission.server_load import ServerLoad
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_SECONDS = 2.0
_RUNNING = ("vllm:num_requests_running",)
_WAITING = ("vllm:num_requests_waiting",)
_CACHE_USE = ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")
"""The second is what older versions call it."""

_NAMES = (*_RUNNING, *_WAITING, *_CACHE_USE)
_HINT = "Give metrics_url the page that vLLM has at /metrics, such as http://localhost:8000/metrics."


class VllmLoad:
    """Satisfies the `LoadSource` port; a connection is made for each reading, and no key is shown to the page.

    A server with several engines or models has a line for each: requests are added up, and the fullest cache counts.
    """

    def __init__(self, url: str) -> None:
        self._url = URL(url)

    async def read(self) -> ServerLoad:
        """Read the page once, within two seconds."""
        origin = str(self._url.origin())
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.get(self._url, allow_redirects=False) as response,
            ):
                if response.status != HTTPStatus.OK:
                    raise _bad_page(f"{origin} answered {response.status} for its metrics.")
                page = await read_bounded(response)
        except (aiohttp.ClientError, OSError) as exc:
            raise connection_error(exc, origin=origin, timeout_seconds=_SECONDS) from exc
        return load_on(page.decode(errors="replace"))


def load_on(page: str) -> ServerLoad:
    """Find the load on a page; raise `BAD_RESPONSE` that names the metric which is not there or has no number."""
    lines = "".join(f"{line}\n" for line in page.splitlines() if line.startswith(_NAMES))
    try:
        samples = [sample for family in text_string_to_metric_families(lines) for sample in family.samples]
    except ValueError as exc:
        raise _bad_page("The page of metrics is not in Prometheus' format.") from exc
    return ServerLoad(
        running=round(sum(_values(samples, _RUNNING))),
        waiting=round(sum(_values(samples, _WAITING))),
        cache_use=max(_values(samples, _CACHE_USE)),
    )


def _values(samples: Iterable[Sample], names: tuple[str, ...]) -> list[float]:
    values = [sample.value for sample in samples if sample.name in names]
    if not values or not all(math.isfinite(value) and value >= 0 for value in values):
        raise _bad_page(f"The page of metrics has no {names[0]}.")
    return values


def _bad_page(message: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.BAD_RESPONSE, facts=ErrorFacts(hint=_HINT))
