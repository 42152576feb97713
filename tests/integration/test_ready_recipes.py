"""Every recipe of the package, run with a scripted model."""

import contextlib
import re
from typing import Any

import msgspec
import pytest

from tests.factories.dataset_runs import MemoryRun
from tests.factories.memory_platform import CLOCK
from textnlp.adapters.documents.pick_list import read_pick_list
from textnlp.adapters.documents.recipe_document import read_recipe
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.ready_recipes.shelf import ReadyRecipe, ready_recipes
from textnlp.adapters.recipe_functions.run_sql import run_sql
from textnlp.adapters.seed_files.opener import SeedFileOpener
from textnlp.domain.datasets.model import RowFate
from textnlp.domain.generation.model import Completion, FinishReason, GenerationRequest
from textnlp.domain.recipes.sampler_columns import PickColumn
from textnlp.domain.recipes.seeds import DocumentSeeds, RowSeeds

ROWS = 3
TABLES = """```sql
CREATE TABLE loaves (name TEXT, price INTEGER);
INSERT INTO loaves VALUES ('rye', 4), ('wheat', 3);
```"""
COLUMNS = {
    "back-translation": {"text", "instruction"},
    "chain-of-thought": {"question", "reasoning", "answer"},
    "classification": {"label", "text"},
    "customer-reviews": {"product", "stars", "review", "opinion"},
    "dialogues": {"messages"},
    "evol-instruct-breadth": {"instruction", "created", "response"},
    "evol-instruct-depth": {"instruction", "evolved", "response"},
    "magpie": {"instruction", "response"},
    "preference-pairs": {"instruction", "chosen", "rejected"},
    "qa-from-documents": {"question", "answer", "text", "file"},
    "retrieval-triplets": {"query", "positive", "negative"},
    "self-instruct": {"instruction", "response"},
    "summaries": {"text", "summary"},
    "text-to-sql": {"tables", "question", "query", "result"},
    "tool-calls": {"request", "trace"},
}


class Understanding(ScriptedEngine):
    """Answers what has to be understood: SQL, and questions whose answers stand in the text."""

    told = 0

    async def generate(self, request: GenerationRequest) -> Completion:
        prompt = request.messages[-1].content
        if prompt.startswith("Write SQL for DuckDB"):
            return self._said(request, TABLES)
        if "Write one SELECT" in prompt:
            return self._said(request, "SELECT name FROM loaves WHERE price > 3 LIMIT " + str(self.told + 1))  # noqa: S608  a query for DuckDB
        if "Copy each answer out of the text" in prompt:
            words = re.findall(r"\w+", prompt)[10:12]
            pair = {"question": f"What is said of number {self.told}?", "answer": " ".join(words)}
            return self._said(request, msgspec.json.encode([pair]).decode())
        return await super().generate(request)

    def _said(self, request: GenerationRequest, text: str) -> Completion:
        self.told += 1
        return Completion(text=text, model=request.model, finish_reason=FinishReason.STOP)


@pytest.mark.parametrize("ready", ready_recipes(), ids=lambda ready: ready.name)
async def test_a_ready_recipe_makes_exactly_its_rows(ready: ReadyRecipe) -> None:
    recipe = read_recipe(ready.path, sets={"accept.rows": str(ROWS), "accept.max_candidates": "2000"})
    lists = {
        name: read_pick_list(ready.path.parent / column.file, field=name)
        for name, column in recipe.columns.items()
        if isinstance(column, PickColumn) and column.file
    }
    async with contextlib.AsyncExitStack() as stack:
        seeds = None
        if isinstance(recipe.seeds, RowSeeds | DocumentSeeds):
            seeds = await SeedFileOpener().open(recipe.seeds, base=ready.path.parent)
            stack.push_async_callback(seeds.aclose)
        run = MemoryRun(
            recipe=recipe,
            engine=Understanding(clock=CLOCK),
            seeds=seeds,
            lists=lists,
            functions={"run_sql": run_sql},
        )
        collected = await run.collect()
        rows = await run.rows(collected)

    assert collected.stopped_by is None, collected.selection.reasons()
    accepted: list[dict[str, Any]] = [dict(row.values) for row in rows if row.fate is RowFate.ACCEPTED]
    assert len(accepted) == ROWS
    for row in accepted:
        assert all(
            row[name] not in {None, ""} if isinstance(row[name], str) else row[name] for name in COLUMNS[ready.name]
        )
    assert not [row for row in rows if row.fate is RowFate.FAILED], rows
