"""Requests as lines of a file, written anew each time instead of being held."""

from collections.abc import Iterable, Iterator

from textnlp.adapters.engines.openai_compatible.wire import RequestEncoder
from textnlp.adapters.engines.provider_batch.flights import Flight
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions
from textnlp.adapters.engines.provider_batch.results import request_line
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest
from textnlp.domain.usage.estimate import estimate_usage


class RequestLines:
    """Writes requests as the profile of the options says."""

    def __init__(self, options: ProviderBatchOptions) -> None:
        self._encoder = RequestEncoder(options.profile)
        self._path = options.completions_path
        self._max_bytes = options.max_bytes

    def fill(self, flight: Flight, request: GenerationRequest) -> None:
        """Give a flight its request and measure it; raise `TOO_LARGE` where no file holds it."""
        size_bytes = len(self._line(flight.key, request))
        if size_bytes > self._max_bytes:
            raise TextNLPError(
                f"The request has {size_bytes} bytes, and the provider takes files of {self._max_bytes}.",
                kind=ErrorKind.TOO_LARGE,
            )
        flight.request = request
        flight.size_bytes = size_bytes
        flight.prompt_tokens = estimate_usage(request).prompt_tokens

    def of(self, flights: Iterable[Flight]) -> Iterator[bytes]:
        """Yield the lines of flights in their order."""
        for flight in flights:
            if flight.request is not None:
                yield self._line(flight.key, flight.request)

    def _line(self, key: bytes, request: GenerationRequest) -> bytes:
        return request_line(key, self._encoder.encode(request), path=self._path)
