"""A dataset made in this process, from the recipe on the command line to the finished version."""

import asyncio
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import textnlp
from textnlp.application.answer_candidate import CandidateAnswerer
from textnlp.application.cover_topics import cover_topics
from textnlp.application.finish_dataset import VersionPlace, finish_dataset
from textnlp.application.ingest_prompts import file_digest
from textnlp.application.make_rows import RowMaker
from textnlp.application.remove_calls import remove_old_calls
from textnlp.application.run_dataset import CollectedRows, DatasetRunner
from textnlp.application.watch_run import RunWatch
from textnlp.application.work_round import work_round
from textnlp.application.work_slices import WorkerOptions
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.dataset_wiring import dataset_files, list_versions
from textnlp.bootstrap.model_prices import cost_function, price_finder, require_prices
from textnlp.bootstrap.platform import endpoint_name
from textnlp.bootstrap.recipe_wiring import RecipeOptions, RecipeWiring, encode_recipe, recipe_document
from textnlp.cli.dataset_folder import DatasetFolder, RunKey
from textnlp.cli.dataset_progress import RunView, take_snapshot
from textnlp.cli.open_recipe_run import OpenRecipe, RecipeOrder, open_recipe_run
from textnlp.domain.batches.model import Batch
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.paths import recipe_path
from textnlp.domain.datasets.run import DatasetRun
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import new_run_id
from textnlp.domain.recipes.recipe import Recipe
from textnlp.domain.recipes.sampler_columns import PickColumn
from textnlp.domain.recipes.seeds import DocumentSeeds, RowSeeds
from textnlp.domain.usage.executor_choice import PROVIDER_BATCH_PRICE_FACTOR
from textnlp.settings import Settings

_SHOW_SECONDS = 0.125
_SLICE_ROWS = 50
"""Candidates that travel as one message: each takes several calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """What a run left: the version, its folder, and whether it was there before."""

    version: DatasetVersion
    folder: Path
    was_there: bool = False


class LocalDataset:
    """Begins or goes on with the run of a dataset folder, and writes the version that it comes to."""

    def __init__(self, settings: Settings, order: RecipeOrder, folder: DatasetFolder, view: RunView) -> None:
        self._settings = settings
        self._order = order
        self._folder = folder
        self._view = view

    async def run(self) -> FinishedRun:
        """Return the version; raises `INVALID_INPUT` for what is wrong with the recipe, and what stops every row."""
        order, folder = self._order, self._folder.path
        options = RecipeOptions(uses_cache=order.uses_cache, price_of=price_finder(self._settings))
        online_cost = cost_function(self._settings)
        async with open_recipe_run(self._settings, order, self._view, folder=folder, options=options) as opened:
            require_prices(order.recipe, online_cost, default_model=opened.platform.default_model)
            for alias, choice in opened.wiring.executors.items():
                self._view.note(f"{alias} is asked by {choice.executor.value}: {choice.why}")
            halved = opened.batched_models()

            def cost(model: str, usage: Usage) -> Decimal | None:
                spent = online_cost(model, usage)
                return spent * PROVIDER_BATCH_PRICE_FACTOR if spent is not None and model in halved else spent

            run = await self._run(opened)
            watch = RunWatch(order.recipe.accept, cost_of=cost, clock=SYSTEM_CLOCK)
            runner = self._runner(opened, run, watch)
            showing = asyncio.create_task(self._show(watch), name="progress")
            try:
                collected = await runner.collect()
            finally:
                showing.cancel()
                await asyncio.gather(showing, return_exceptions=True)
                self._view.show(take_snapshot(watch, target=order.recipe.accept.rows), is_last=True)
            finished = await self._written(opened.wiring, runner, collected)
            await remove_old_calls(opened.platform.call_cache, clock=SYSTEM_CLOCK)
            return finished

    def _runner(self, opened: OpenRecipe, run: DatasetRun, watch: RunWatch) -> DatasetRunner:
        platform, wiring = opened.platform, opened.wiring

        async def maker_of(_: Batch) -> RowMaker:
            return wiring.maker

        answerer = CandidateAnswerer(
            maker_of=maker_of, require_going_on=lambda _: watch.require_going_on(), on_made=watch.on_made
        )
        options = WorkerOptions(lanes=opened.open_candidates())

        async def work(_: Batch) -> None:
            await work_round(platform.batch_ports, answerer, find_engine=platform.engines.find, options=options)

        return DatasetRunner(platform.batch_ports, run, wiring.draws, watch=watch, work=work, slice_rows=_SLICE_ROWS)

    async def _show(self, watch: RunWatch) -> None:
        while True:
            self._view.show(take_snapshot(watch, target=self._order.recipe.accept.rows))
            await SYSTEM_CLOCK.sleep(_SHOW_SECONDS)

    async def _run(self, opened: OpenRecipe) -> DatasetRun:
        """Return the run that was begun here for this recipe, or a further one."""
        platform, wiring = opened.platform, opened.wiring
        recipe = wiring.resolved.recipe
        key = RunKey(
            fingerprint=wiring.resolved.pinned.fingerprint,
            model=platform.default_model,
            endpoint=endpoint_name(self._settings),
            files=await asyncio.to_thread(_files_digest, self._order.recipe, self._order.base),
        )
        run_id = self._folder.run_of(key)
        now = SYSTEM_CLOCK.now()
        if run_id is None:
            run_id = new_run_id(now)
            self._folder.remember(key, run_id, base=self._order.base)
        path = recipe_path(run_id)
        await platform.batch_ports.blobs.put(path, encode_recipe(wiring.resolved.pinned))
        return DatasetRun(
            id=run_id,
            recipe=recipe,
            recipe_path=path,
            model=platform.default_model,
            endpoint=endpoint_name(self._settings),
            created_at=now,
        )

    async def _written(self, wiring: RecipeWiring, runner: DatasetRunner, collected: CollectedRows) -> FinishedRun:
        """Write the next version, unless the latest is what would be written."""
        if (latest := self._latest()) is not None and _is_same(latest, runner.run, collected):
            folder = self._folder.path / f"v{latest.version}"
            return FinishedRun(version=latest, folder=folder, was_there=True)
        number = self._folder.next_version()
        place = VersionPlace(
            folder=self._folder.path / f"v{number}",
            version=number,
            document=recipe_document(wiring.resolved.pinned),
            generator=f"textnlp {textnlp.__version__}",
            at=SYSTEM_CLOCK.now(),
            extra=await cover_topics(runner, collected, wiring.tree),
        )
        version = await finish_dataset(dataset_files(self._settings), runner, collected, place)
        return FinishedRun(version=version, folder=place.folder)

    def _latest(self) -> DatasetVersion | None:
        try:
            return list_versions(self._folder.path)[-1]
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return None


def _is_same(latest: DatasetVersion, run: DatasetRun, collected: CollectedRows) -> bool:
    return (
        latest.fingerprint == run.recipe.fingerprint
        and latest.target == run.recipe.accept.rows
        and latest.counts == collected.selection.counts
        and latest.stopped_by == collected.stopped_by
    )


def _files_digest(recipe: Recipe, base: Path) -> str:
    """Return what changes when a file of the recipe does: contents of files, names, sizes and times in folders."""
    digest = hashlib.blake2b(digest_size=16)
    named = [column.file for column in recipe.columns.values() if isinstance(column, PickColumn) and column.file]
    if isinstance(recipe.seeds, RowSeeds | DocumentSeeds) and recipe.seeds.path:
        named.append(recipe.seeds.path)
    for name in named:
        path = base / name
        digest.update(name.encode())
        if path.is_file():
            digest.update(file_digest(path).encode())
        elif path.is_dir():
            for each in sorted(path.rglob("*")):
                if each.is_file():
                    stat = each.stat()
                    digest.update(f"{each.relative_to(path)}|{stat.st_size}|{stat.st_mtime_ns}".encode())
    return digest.hexdigest()
