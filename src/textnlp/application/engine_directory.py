"""Which engine answers for which model."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, Protocol, TypeVar

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError


class Closable(Protocol):
    """Holds something that has to be freed."""

    def aclose(self) -> Awaitable[None]:
        """Free it; closing twice is harmless."""
        ...


Engine = TypeVar("Engine", bound=Closable)


class EngineDirectory(Generic[Engine]):
    """Finds engines by the model's name, and builds each when it is first asked for.

    `fallback`, where there is one, answers for every name that is not in `builders`: an endpoint that knows its own
    models. Names are compared exactly; nothing is guessed from a part of one.
    """

    def __init__(
        self, builders: Mapping[str, Callable[[], Engine]], *, fallback: Callable[[], Engine] | None = None
    ) -> None:
        self._builders = dict(builders)
        self._fallback = fallback
        self._built: dict[Callable[[], Engine], Engine] = {}

    @property
    def names(self) -> list[str]:
        """The models that are known by name."""
        return sorted(self._builders)

    @property
    def accepts_any_name(self) -> bool:
        """Whether an endpoint answers for names that are not listed."""
        return self._fallback is not None

    def find(self, model: str) -> Engine:
        """Return the engine for `model`; raise `NOT_FOUND` with the known names when there is none."""
        builder = self._builder_of(model)
        engine = self._built.get(builder)
        if engine is None:
            engine = self._built[builder] = builder()
        return engine

    def require(self, model: str) -> None:
        """Return when some engine answers for `model`, without building it; raise `NOT_FOUND` as `find` does."""
        self._builder_of(model)

    def engines(self) -> list[Engine]:
        """Return the engines that have been built."""
        return list(self._built.values())

    async def aclose(self) -> None:
        """Close every engine that was built."""
        for engine in self._built.values():
            await engine.aclose()

    def _builder_of(self, model: str) -> Callable[[], Engine]:
        builder = self._builders.get(model, self._fallback)
        if builder is None:
            raise TextNLPError(
                f"There is no model {model!r} here.",
                kind=ErrorKind.NOT_FOUND,
                facts=ErrorFacts(
                    hint=f"Known are {', '.join(self.names)}; --base-url reaches a model elsewhere.",
                    field="model",
                ),
            )
        return builder
