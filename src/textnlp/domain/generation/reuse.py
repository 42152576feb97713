"""What is known of answers that are kept for whoever asks the same again."""

from dataclasses import dataclass

from textnlp.domain.generation.model import NO_USAGE, Completion, FinishReason, Usage

MOST_KEPT_BYTES = 1 << 20
"""The largest answer that is kept, as it is stored; a larger one is asked for each time."""

_WHOLE = frozenset({FinishReason.STOP, FinishReason.TOOL_CALLS})


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSize:
    """How much is kept; the bytes are those of the answers, without keys and what the store itself adds."""

    entries: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheFigures:
    """What became of the calls that a cache stands before.

    Attributes:
        hits: calls answered without asking the engine, from what was kept or together with an equal one under way.
        misses: calls that the engine was asked, because nothing was kept or the cache was away.
        kept: answers handed to the cache and committed there.
        reused_usage: tokens that the hits would have cost.
        away: look-ups and answers to be kept that the cache did not take because it could not be reached.
    """

    hits: int = 0
    misses: int = 0
    kept: int = 0
    reused_usage: Usage = NO_USAGE
    away: int = 0

    def plus(self, other: "CacheFigures") -> "CacheFigures":
        """Add the calls of two engines."""
        return CacheFigures(
            hits=self.hits + other.hits,
            misses=self.misses + other.misses,
            kept=self.kept + other.kept,
            reused_usage=self.reused_usage.plus(other.reused_usage),
            away=self.away + other.away,
        )


def is_whole(completion: Completion) -> bool:
    """Whether an answer may be given again: it was neither cut at the token limit nor filtered."""
    return completion.finish_reason in _WHOLE
