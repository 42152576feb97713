"""One answer as it is written: its text, its tokens, and how fast they came."""

from dataclasses import dataclass

from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import CompletionChunk, FinishReason, Usage
from textnlp.ports.clock import Clock


@dataclass(slots=True, kw_only=True)
class AnswerWatch:
    """Follows a stream from the call on; times are in seconds from it.

    Attributes:
        asked: the model that was asked for, which may be an alias.
        model: the model that answers, as its provider names it.
        first_seconds: until the first piece of text, None before it.
        total_seconds: until the last piece so far.
        error: what ended it, where it did not end well.
    """

    asked: str
    clock: Clock
    text: str = ""
    model: str = ""
    deployment: str = ""
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    first_seconds: float | None = None
    total_seconds: float = 0.0
    error: TextNLPError | None = None
    _began: float = 0.0

    def __post_init__(self) -> None:
        """Begin to count the time."""
        self._began = self.clock.monotonic()

    def see(self, chunk: CompletionChunk) -> None:
        """Take note of a piece."""
        self.total_seconds = self.clock.monotonic() - self._began
        if chunk.text and self.first_seconds is None:
            self.first_seconds = self.total_seconds
        self.text += chunk.text
        self.model = chunk.model or self.model
        self.deployment = chunk.deployment or self.deployment
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens a second from the first one on; over the whole time where all came at once. None where unknown."""
        if self.usage is None or self.first_seconds is None:
            return None
        tokens, seconds = self.usage.completion_tokens, self.total_seconds - self.first_seconds
        if tokens > 1 and seconds > 0:
            return (tokens - 1) / seconds
        return tokens / self.total_seconds if self.total_seconds > 0 else None
