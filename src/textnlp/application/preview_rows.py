"""Make a few rows of a recipe before a run, to look at them and to measure."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from textnlp.application.draw_candidates import CandidateDraws
from textnlp.application.make_rows import Candidate, RowMaker
from textnlp.domain.datasets.candidate import CandidateRecord
from textnlp.domain.datasets.model import RowFate
from textnlp.domain.datasets.selection import Selection
from textnlp.domain.generation.model import Completion
from textnlp.domain.recipes.estimate.refinement import ColumnFigures, ProbeFigures
from textnlp.domain.recipes.recipe import Recipe


async def draw_sample(draws: CandidateDraws, recipe: Recipe, *, count: int) -> list[Candidate]:
    """Return the first candidates that a run would begin with."""
    quotas = draws.assign(Selection(recipe).open_cells(), round_number=0, count=count)
    starts = await draws.draw(0, count)
    return [
        Candidate(
            number=number,
            values={**start.values, **{name: values[number] for name, values in quotas.items()}},
            seed=start.seed,
        )
        for number, start in enumerate(starts)
    ]


async def preview_rows(maker: RowMaker, candidates: list[Candidate], *, concurrency: int) -> list[CandidateRecord]:
    """Make the rows of some candidates, `concurrency` candidates at once; raises what stops every row."""
    places = asyncio.Semaphore(concurrency)

    async def make(candidate: Candidate) -> CandidateRecord:
        async with places:
            return await maker.make(candidate)

    return list(await asyncio.gather(*(make(candidate) for candidate in candidates)))


@dataclass(slots=True)
class CallFigures:
    """Adds up what columns' calls took, for an estimate."""

    _calls: Counter[str] = field(default_factory=Counter[str])
    _prompt_tokens: Counter[str] = field(default_factory=Counter[str])
    _completion_tokens: Counter[str] = field(default_factory=Counter[str])
    _seconds: dict[str, float] = field(default_factory=dict[str, float])
    _fresh: Counter[str] = field(default_factory=Counter[str])

    def on_answer(self, column: str, completion: Completion, seconds: float) -> None:
        """Count an answer; how long a reused one took says nothing."""
        self._calls[column] += 1
        self._prompt_tokens[column] += completion.usage.prompt_tokens
        self._completion_tokens[column] += completion.usage.completion_tokens
        if completion.attempts:
            self._fresh[column] += 1
            self._seconds[column] = self._seconds.get(column, 0.0) + seconds

    def probe(self, records: list[CandidateRecord]) -> ProbeFigures:
        """Return what making `records` measured."""
        rows = [row for record in records for row in record.rows]
        return ProbeFigures(
            candidates=len(records),
            rows=sum(max(1, len(record.rows)) for record in records),
            accepted=sum(row.fate is RowFate.ACCEPTED for row in rows),
            columns={
                column: ColumnFigures(
                    calls=calls,
                    prompt_tokens=self._prompt_tokens[column],
                    completion_tokens=self._completion_tokens[column],
                    seconds=self._seconds_of(column, calls),
                )
                for column, calls in self._calls.items()
            },
        )

    def _seconds_of(self, column: str, calls: int) -> float:
        """Return the time of all calls as if none had been reused; 0 where all were."""
        fresh = self._fresh[column]
        return self._seconds.get(column, 0.0) * calls / fresh if fresh else 0.0
