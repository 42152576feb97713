"""`textnlp model tune …`: fine-tuning jobs at a provider."""

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from textnlp.application.create_tuning import TuningDraft
from textnlp.bootstrap.tuning_wiring import Tuning, example_source, open_tuning, tuning_target
from textnlp.cli.exit_codes import ExitCode
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.tuning.model import Hyperparameters, TuningEvent, TuningJob, TuningRecord, TuningStatus
from textnlp.settings import Settings, read_settings

_Result = TypeVar("_Result")
_DataDir = Annotated[Path | None, typer.Option(help="Folder of database and blobs.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
_Job = Annotated[str, typer.Argument(metavar="JOB", help="The job, as `model tune create` and `list` name it.")]


def create(
    training: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines of conversations to learn from.")],
    *,
    name: Annotated[str, typer.Option(help="Name under which the model is registered.")],
    base: Annotated[str, typer.Option(help="Model to tune, as the provider names it.")],
    validation: Annotated[Path | None, typer.Option(help="JSON Lines of conversations to measure by.")] = None,
    deployment: Annotated[str | None, typer.Option(help="Deployment of the models file that says where.")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint, where none is named.")] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds its key.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="How often every example is seen.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Examples of one step.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(min=0, help="Factor on the learning rate of the base model.")
    ] = None,
    suffix: Annotated[str, typer.Option(help="Put into the name that the provider gives the model.")] = "",
    seed: Annotated[int | None, typer.Option(help="Seed of the training.")] = None,
    training_type: Annotated[str, typer.Option(help="Where Azure OpenAI trains, such as GlobalStandard.")] = "",
    is_watched: Annotated[bool, typer.Option("--watch/--no-watch", help="Follow the job until it ends.")] = False,
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Check files of examples, send them to a provider, and begin a job that tunes a model on them.

    The same command again finds the job that it began, whatever became of it in between; one that failed or was
    cancelled is begun anew. With --watch the exit code is that of `model tune watch`.
    """
    settings = read_settings(data_dir=data_dir, base_url=base_url, api_key_env=api_key_env)
    target = tuning_target(settings, deployment)
    draft = TuningDraft(
        name=name,
        base=base,
        training=example_source(training, field="FILE"),
        validation=None if validation is None else example_source(validation, field="validation"),
        hyperparameters=Hyperparameters(epochs=epochs, batch_size=batch_size, learning_rate_multiplier=learning_rate),
        suffix=suffix,
        seed=seed,
        training_type=training_type,
    )

    async def created(tuning: Tuning) -> tuple[TuningRecord, TuningJob]:
        async with tuning.creating(target) as making:
            return await making(draft, target=target)

    record, job = _asked(settings, created)
    if is_watched:
        watch(job.id, data_dir=data_dir, as_json=as_json)
    else:
        _show(record, job, as_json=as_json)


def list_jobs(*, data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """List the jobs that were created here, oldest first, as they were when last looked at."""

    async def listed(tuning: Tuning) -> list[TuningRecord]:
        return [kept.record for kept in await tuning.records.all()]

    records = _asked(read_settings(data_dir=data_dir), listed)
    if as_json:
        for record in records:
            sys.stdout.write(msgspec.json.encode(record).decode() + "\n")
        return
    table = Table("job", "status", "model", "base", "provider", "registered", box=None)
    for record in records:
        status = record.status or "not made yet"
        table.add_row(record.job_id, status, record.plan.name, record.plan.base, record.origin, record.registered)
    Console().print(table)


def show(job: _Job, *, data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """Ask the provider how a job stands, and register its model where it has succeeded."""

    async def looked_at(tuning: Tuning) -> tuple[TuningRecord, TuningJob]:
        kept = await tuning.records.of_job(job)
        async with tuning.following(kept.record.target) as following:
            return await following.look(kept)

    record, seen = _asked(read_settings(data_dir=data_dir), looked_at)
    _show(record, seen, as_json=as_json)


def watch(job: _Job, *, data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """Print what happens to a job until it has ended, and register its model where it has succeeded.

    Exit code 0: it has succeeded; 1: it failed or was cancelled; 130: interrupted, and the job goes on.
    """

    def told(event: TuningEvent) -> None:
        if as_json:
            sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
        else:
            sys.stdout.write(f"{event.at.isoformat(timespec='seconds')}  {event.message}\n")
        sys.stdout.flush()

    async def watched(tuning: Tuning) -> tuple[TuningRecord, TuningJob]:
        kept = await tuning.records.of_job(job)
        async with tuning.following(kept.record.target) as following:
            return await following.watch(kept, told)

    try:
        record, seen = _asked(read_settings(data_dir=data_dir), watched)
    except KeyboardInterrupt:
        sys.stderr.write(f"The job goes on; come back to it with: textnlp model tune watch {job}\n")
        sys.exit(ExitCode.INTERRUPTED)
    _show(record, seen, as_json=as_json)
    if seen.status is not TuningStatus.SUCCEEDED:
        sys.exit(ExitCode.ERROR)


def cancel(job: _Job, *, data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """End a job before its time; what it has trained by then is charged."""

    async def cancelled(tuning: Tuning) -> tuple[TuningRecord, TuningJob]:
        kept = await tuning.records.of_job(job)
        async with tuning.following(kept.record.target) as following:
            return await following.cancel(kept)

    record, seen = _asked(read_settings(data_dir=data_dir), cancelled)
    _show(record, seen, as_json=as_json)


def _asked(settings: Settings, ask: Callable[[Tuning], Awaitable[_Result]]) -> _Result:
    async def asked() -> _Result:
        async with open_tuning(settings) as tuning:
            return await ask(tuning)

    return run_interruptible(asked)


def _show(record: TuningRecord, job: TuningJob, *, as_json: bool) -> None:
    if as_json:
        facts: dict[str, Any] = {"job": msgspec.to_builtins(job), "plan": msgspec.to_builtins(record.plan)}
        sys.stdout.write(json.dumps({**facts, "provider": record.origin, "registered": record.registered}) + "\n")
        return
    plan = record.plan
    lines = [f"{job.id}  {job.status}", f"  {plan.base} on {plan.training.examples:,} examples, for {plan.name}"]
    if job.failure:
        lines.append(f"  {job.failure}")
    if job.finishes_at is not None and not job.is_ended:
        lines.append(f"  done at about {job.finishes_at.isoformat(timespec='seconds')}")
    if record.registered is not None:
        lines.append(f"  {job.tuned_model} is {record.registered}")
    sys.stdout.write("\n".join(lines) + "\n")
