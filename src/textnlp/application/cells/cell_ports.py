"""What the cells of a recipe are made with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textnlp.application.batch_ports import EngineFinder
from textnlp.domain.datasets.model import CellRecord
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import Completion
from textnlp.domain.validation.operators import MakeOutside
from textnlp.ports.clock import Clock
from textnlp.ports.embedding_engine import EmbeddingEngine

CallListener = Callable[[str, Completion, float], None]
"""Is told of a column's answer and how many seconds it took."""

ColumnFunction = Callable[..., Any]
"""What a `python` column calls: with the row's inputs, and its arguments by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTimer:
    """Tells `on_answer` how long answers took."""

    clock: Clock
    on_answer: CallListener


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPorts:
    """What cells stand on.

    Attributes:
        find_engine: finds the engine of a model, which answers again what it answered before.
        find_batch_engine: finds what answers for a model through its provider's batches.
        batched: the aliases that are asked so.
        find_embeddings: finds the engine that embeds with a model; None stands for the one of the platform.
        find_function: finds a column's function by its entry point; raises `NOT_FOUND`.
        default_model: asked where an alias names none.
        lists: the lines of `pick` columns' files, by column.
        keeps_messages: whether records hold what was asked.
        outside: makes the operators of checks that ask somebody; they are refused where it is None.
        time_calls: gives columns' calls with the seconds that they took to whoever wants to know.
    """

    find_engine: EngineFinder
    find_embeddings: Callable[[str | None], EmbeddingEngine]
    find_function: Callable[[str], ColumnFunction]
    default_model: str
    find_batch_engine: EngineFinder | None = None
    batched: frozenset[str] = frozenset()
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    keeps_messages: bool = False
    outside: MakeOutside | None = None
    time_calls: CallTimer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell that was made, or that could not be: then `error` says why, and `record` what was tried."""

    record: CellRecord
    value: Any = None
    error: TextNLPError | None = None
