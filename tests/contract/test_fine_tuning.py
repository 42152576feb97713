"""Fine-tuning at OpenAI and at Azure OpenAI without keys: the platform and the stock client over the same double."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import openai
import pytest
from joserfc.jwk import RSAKey

from tests.doubles.azure_callers import COGNITIVE_SERVICES_AUDIENCE
from tests.doubles.certificates import write_certificates
from tests.doubles.clock import HurriedClock
from tests.doubles.entra import Entra, running_entra
from tests.doubles.fine_tuning import BASE_MODEL, FineTuning
from tests.doubles.mishaps import Mishap
from tests.doubles.openai_batch_states import Flavour
from tests.factories.provider_batches import until
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.application.create_tuning import TuningDraft
from textnlp.application.model_registry import ModelRegistry
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.tuning_wiring import Tuning, example_source, tuning_target
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.registry.model import ModelStage
from textnlp.domain.tuning.model import Hyperparameters, TuningJob, TuningRecord, TuningStatus, TuningTarget
from textnlp.settings import Settings, read_settings

API_VERSION = "2024-10-21"
TARGET = TuningTarget(deployment="east")


def write_examples(path: Path, count: int = 10, *, answer: str = "Yes") -> Path:
    lines = [
        {"messages": [{"role": "user", "content": f"Is {number}?"}, {"role": "assistant", "content": answer}]}
        for number in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@dataclass(kw_only=True)
class Bench:
    """A provider, and the platform's side of it."""

    server: FineTuning
    tuning: Tuning
    folder: Path
    told: list[str] = field(default_factory=list[str])

    @property
    def registry(self) -> ModelRegistry:
        return ModelRegistry(self.tuning.blobs, clock=self.tuning.clock)

    def draft(self, *, answer: str = "Yes", has_validation: bool = False, **given: object) -> TuningDraft:
        path = self.folder / f"train-{answer}.jsonl"
        training = path if path.exists() else write_examples(path, answer=answer)
        validation = write_examples(self.folder / "measure.jsonl", 2) if has_validation else None
        usual: dict[str, object] = {
            "name": "support",
            "base": BASE_MODEL,
            "training": example_source(training, field="FILE"),
            "validation": None if validation is None else example_source(validation, field="validation"),
        }
        return TuningDraft(**{**usual, **given})  # pyright: ignore[reportArgumentType]  tests name what they change

    async def create(self, draft: TuningDraft | None = None) -> tuple[TuningRecord, TuningJob]:
        async with self.tuning.creating(TARGET) as creating:
            return await creating(draft or self.draft(), target=TARGET)

    async def refused(self, draft: TuningDraft | None = None) -> TextNLPError:
        with pytest.raises(TextNLPError) as caught:
            await self.create(draft)
        return caught.value

    async def watch(self, job: TuningJob) -> tuple[TuningRecord, TuningJob]:
        kept = await self.tuning.records.of_job(job.id)
        async with self.tuning.following(kept.record.target) as following:
            return await following.watch(kept, lambda event: self.told.append(event.message))

    async def cancel(self, job: TuningJob) -> TuningJob:
        kept = await self.tuning.records.of_job(job.id)
        async with self.tuning.following(TARGET) as following:
            return (await following.cancel(kept))[1]


@contextlib.asynccontextmanager
async def opened(
    server: FineTuning, folder: Path, settings: Settings, tokens: EntraAccessTokens | None
) -> AsyncGenerator[Bench]:
    clock = HurriedClock(now=SystemClock().now())
    store = local_blob_store(folder / "blobs", clock=clock)
    callers = DeploymentCallers(tokens)
    try:
        yield Bench(
            server=server,
            tuning=Tuning(settings=settings, blobs=store, clock=clock, callers=callers),
            folder=folder,
        )
    finally:
        await store.aclose()


@pytest.fixture(params=["openai", "azure v1"])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Bench]:
    """Each provider and form of paths; with Azure the caller shows a token and no key."""
    async with contextlib.AsyncExitStack() as stack:
        tokens, server = None, FineTuning(Flavour.OPENAI)
        if request.param != "openai":
            entra = await stack.enter_async_context(running_entra(tmp_path, write_certificates(tmp_path)))
            for name, value in entra.environment.items():
                monkeypatch.setenv(name, value)
            tokens = EntraAccessTokens(clock=SystemClock(), ca_file=entra.certificates.authority)
            stack.push_async_callback(tokens.aclose)
            server = FineTuning(Flavour.AZURE, key=entra.key)
        await stack.enter_async_context(server.serving())
        url = server.base_url
        if request.param == "azure api-version":
            url = f"{server.endpoint}/openai/deployments/writer?api-version={API_VERSION}"
        deployment = {"base_url": url, "model": "writer", **({} if tokens is None else {"authentication": "entra"})}
        models = tmp_path / "models.yaml"
        models.write_text(json.dumps({"deployments": {"east": deployment}}), encoding="utf-8")
        settings = read_settings({}, models=models, data_dir=tmp_path)
        yield await stack.enter_async_context(opened(server, tmp_path, settings, tokens))


@pytest.mark.parametrize("bench", ["openai", "azure v1", "azure api-version"], indirect=True)
async def test_a_job_is_made_followed_and_its_model_registered(bench: Bench) -> None:
    draft = bench.draft(
        has_validation=True, hyperparameters=Hyperparameters(epochs=3), suffix="try", seed=7, training_type="Standard"
    )
    record, job = await bench.create(draft)
    assert (job.status, job.base, record.plan.training.examples) == (TuningStatus.QUEUED, BASE_MODEL, 10)
    asked = bench.server.jobs[job.id].asked
    assert (asked["hyperparameters"], asked["suffix"], asked["seed"]) == ({"n_epochs": 3}, "try", 7)
    assert asked["trainingType"] == "Standard"
    sent = {name: bench.server.files[asked[f"{name}_file"]].content for name in ("training", "validation")}
    assert sent == {
        "training": (bench.folder / "train-Yes.jsonl").read_bytes(),
        "validation": (bench.folder / "measure.jsonl").read_bytes(),
    }

    record, job = await bench.watch(job)
    assert (job.status, job.trained_tokens) == (TuningStatus.SUCCEEDED, 4_200)
    assert bench.told[-3:] == ["Job started.", "Step 2: training loss=1.5", "Job succeeded."]
    assert len(bench.told) == len(set(bench.told)) == len(bench.server.jobs[job.id].events)
    (model,) = await bench.registry.models()
    assert (record.registered, model.reference, model.stage) == ("support@1", "support@1", ModelStage.CANDIDATE)
    assert (model.base, model.provider_model) == (BASE_MODEL, f"{BASE_MODEL}.{job.id}-try")
    assert [file.name for file in model.files] == ["results-1.csv", "tuned-model.json"]
    kept = json.loads(await bench.tuning.blobs.get("models/fine-tuned/support/1/tuned-model.json"))
    assert (kept["job"], kept["training_file"]) == (job.id, record.training_file_id)
    assert kept["plan"]["training"]["sha256"] == record.plan.training.sha256
    await bench.registry.promote("support", 1, stage=ModelStage.STAGING)


async def test_only_tokens_for_azure_openai_are_shown(bench: Bench) -> None:
    await bench.create()
    assert len(bench.server.tokens) == (0 if bench.server.flavour is Flavour.OPENAI else 1)


async def test_the_same_plan_finds_its_job_and_registers_its_model_once(bench: Bench) -> None:
    _, job = await bench.create()
    (bench.folder / "train-Yes.jsonl").rename(bench.folder / "renamed.jsonl")
    _, again = await bench.create(bench.draft(training=example_source(bench.folder / "renamed.jsonl", field="FILE")))
    assert again.id == job.id
    await asyncio.gather(bench.watch(job), bench.watch(job))
    record, ended = await bench.create()
    assert (ended.id, ended.status) == (job.id, TuningStatus.SUCCEEDED)
    await bench.watch(job)
    assert len(bench.server.jobs) == 1
    assert record.registered in {"support@1", "support@2"}
    live = [model for model in await bench.registry.models() if model.stage is not ModelStage.RETIRED]
    assert len(live) == 1


async def test_other_examples_or_parameters_are_another_job(bench: Bench) -> None:
    for draft in (bench.draft(), bench.draft(seed=1), bench.draft(name="other"), bench.draft(answer="No")):
        await bench.create(draft)
    assert len(bench.server.jobs) == 4
    assert len(await bench.tuning.records.all()) == 4


@pytest.mark.parametrize("ending", ["failed", "cancelled"])
async def test_a_job_that_came_to_nothing_is_begun_anew_on_the_files_that_are_there(bench: Bench, ending: str) -> None:
    bench.server.endings.append(ending)
    _, first = await bench.create()
    _, ended = await bench.watch(first)
    assert ended.status == ending
    assert ("Too many examples were skipped." in ended.failure) == (ending == "failed")
    record, second = await bench.create()
    assert second.id != first.id
    assert (record.earlier_jobs, len(bench.server.files)) == ((first.id,), 1)
    assert (await bench.watch(second))[0].registered == "support@1"


async def test_a_job_is_cancelled_once(bench: Bench) -> None:
    _, job = await bench.create()
    assert (await bench.cancel(job)).status is TuningStatus.CANCELLED
    with pytest.raises(TextNLPError, match="ended already: cancelled") as caught:
        await bench.cancel(job)
    assert caught.value.kind is ErrorKind.CONFLICT


@pytest.mark.parametrize("status", [503, None])
@pytest.mark.parametrize(("method", "ending"), [("POST", "/files"), ("POST", "/jobs"), ("GET", "/events")])
async def test_calls_that_fail_are_made_again_without_a_second_job(
    bench: Bench, method: str, ending: str, status: int | None
) -> None:
    bench.server.mishaps += [
        Mishap(method=method, ending=ending, status=status, is_done=is_done) for is_done in (True, False)
    ]
    _, job = await bench.create()
    await bench.watch(job)
    assert list(bench.server.jobs) == [job.id]


async def test_a_job_that_was_made_before_the_process_died_is_found(bench: Bench) -> None:
    record, job = await bench.create()
    kept = await bench.tuning.records.of_job(job.id)
    forgotten = TuningRecord(
        key=record.key,
        origin=record.origin,
        target=record.target,
        plan=record.plan,
        recorded_at=record.recorded_at,
        touched_at=bench.tuning.clock.now(),
        training_file_id=record.training_file_id,
    )
    await bench.tuning.records.change(kept, forgotten)
    again, found = await bench.create()
    assert (again.job_id, found.id, list(bench.server.jobs)) == (job.id, job.id, [job.id])


async def test_while_another_process_makes_the_job_nobody_else_does(bench: Bench) -> None:
    bench.server.mishaps.append(Mishap(method="POST", ending="/jobs", status=403))
    assert (await bench.refused()).kind is ErrorKind.FORBIDDEN
    (kept,) = await bench.tuning.records.all()
    assert kept.record.touched_at is None
    busy = TuningRecord(
        key=kept.record.key,
        origin=kept.record.origin,
        target=TARGET,
        plan=kept.record.plan,
        recorded_at=kept.record.recorded_at,
        touched_at=bench.tuning.clock.now(),
    )
    await bench.tuning.records.change(kept, busy)
    error = await bench.refused()
    assert (error.kind, error.facts.retry_after_seconds) == (ErrorKind.CONFLICT, 600)
    await bench.tuning.clock.sleep(601)
    assert (await bench.create())[1].status is TuningStatus.QUEUED


async def test_of_two_who_begin_at_once_one_makes_the_job(bench: Bench) -> None:
    draft = bench.draft()
    async with bench.tuning.creating(TARGET) as creating:
        begun = (creating(draft, target=TARGET) for _ in range(3))
        made = await asyncio.gather(*begun, return_exceptions=True)
    refusals = [each for each in made if isinstance(each, TextNLPError)]
    assert {error.kind for error in refusals} <= {ErrorKind.CONFLICT}
    assert all("nother process" in error.message and error.facts.hint for error in refusals)
    assert len(refusals) < len(made)
    assert len(bench.server.jobs) == 1


async def test_whoever_is_interrupted_lets_go_of_the_plan(bench: Bench) -> None:
    hanging = Mishap(method="POST", ending="/jobs", hangs=True)
    bench.server.mishaps.append(hanging)
    creating = asyncio.create_task(bench.create())
    await until(lambda: hanging.times == 0)
    creating.cancel()
    await asyncio.gather(creating, return_exceptions=True)
    (kept,) = await bench.tuning.records.all()
    assert (kept.record.touched_at, kept.record.job_id) == (None, None)
    assert (await bench.create())[1].status is TuningStatus.QUEUED
    assert (len(bench.server.jobs), len(bench.server.files)) == (1, 1)


async def test_a_creation_that_breaks_off_sends_no_file_twice(bench: Bench) -> None:
    bench.server.mishaps.append(Mishap(method="POST", ending="/jobs", status=400))
    assert (await bench.refused()).kind is ErrorKind.INVALID_INPUT
    assert (await bench.create())[1].status is TuningStatus.QUEUED
    assert len(bench.server.files) == 1


async def test_files_are_refused_before_anything_is_sent(bench: Bench) -> None:
    path = write_examples(bench.folder / "train.jsonl")
    path.write_text(path.read_text() + '{"messages": [{"role": "user", "content": "Hi"}]}\n')
    error = await bench.refused(bench.draft(training=example_source(path, field="FILE")))
    assert (error.kind, error.facts.line) == (ErrorKind.INVALID_INPUT, 11)
    few = write_examples(bench.folder / "few.jsonl", 9)
    assert "10 are needed" in (await bench.refused(bench.draft(training=example_source(few, field="FILE")))).message
    with pytest.raises(TextNLPError, match="There is no file"):
        example_source(bench.folder / "none.jsonl", field="FILE")
    assert not bench.server.files
    assert await bench.tuning.records.all() == []


async def test_a_file_that_changes_on_the_way_makes_no_job(bench: Bench) -> None:
    draft = bench.draft()
    write_examples(bench.folder / "train-Yes.jsonl", answer="Yes!")
    error = await bench.refused(draft)
    assert (error.kind, bench.server.files) == (ErrorKind.CONFLICT, {})
    swapped = bench.draft()
    source = swapped.training

    class Swapping:
        name, size_bytes, lines = source.name, source.size_bytes, source.lines
        times_read = 0

        def pieces(self) -> Iterable[bytes]:
            self.times_read += 1
            whole = b"".join(source.pieces())
            return [whole if self.times_read == 1 else whole.swapcase()]

    error = await bench.refused(bench.draft(training=Swapping()))
    assert (error.kind, "changed while it was sent" in error.message) == (ErrorKind.CONFLICT, True)
    assert not bench.server.jobs


async def test_a_file_that_the_provider_finds_not_fit_is_told(bench: Bench) -> None:
    bench.server.refused_file = "Validation of jsonl file failed: No valid json line found in file."
    error = await bench.refused()
    assert error.kind is ErrorKind.INVALID_INPUT
    assert "No valid json line" in error.message
    assert not bench.server.jobs


async def test_refusals_of_a_job_are_told(bench: Bench) -> None:
    assert "does not support fine-tuning" in (await bench.refused(bench.draft(base="nobody"))).message
    bench.server.wants_training_type = True
    assert (await bench.refused()).kind is ErrorKind.INVALID_INPUT
    assert (await bench.create(bench.draft(training_type="GlobalStandard")))[1].status is TuningStatus.QUEUED


async def test_a_byte_order_mark_is_sent_as_it_is(bench: Bench) -> None:
    path = write_examples(bench.folder / "marked.jsonl")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    record, _ = await bench.create(bench.draft(training=example_source(path, field="FILE")))
    assert bench.server.files[record.training_file_id or ""].content == path.read_bytes()


async def test_a_provider_that_is_not_known_is_told(bench: Bench) -> None:
    with pytest.raises(TextNLPError, match="no deployment 'west'; declared are: east"):
        async with bench.tuning.creating(TuningTarget(deployment="west")):
            pass
    with pytest.raises(TextNLPError, match="not said who tunes"):
        tuning_target(bench.tuning.settings, None)
    with pytest.raises(TextNLPError, match="model tune list"):
        await bench.tuning.records.of_job("ftjob-0")


@pytest.mark.parametrize("form", ["v1", "api-version"])
async def test_the_stock_client_meets_the_same_azure(form: str, tmp_path: Path) -> None:
    key = RSAKey.generate_key(2048)
    entra = Entra(host="", environment={}, certificates=write_certificates(tmp_path), key=key)
    token = entra.signed(aud=COGNITIVE_SERVICES_AUDIENCE)
    server = FineTuning(Flavour.AZURE, key=key)
    async with server.serving(), _client(form, server, token) as client:
        sent = write_examples(tmp_path / "train-Yes.jsonl").read_bytes()
        file = await client.files.create(file=("train.jsonl", sent), purpose="fine-tune")
        assert file.status == "pending"
        with pytest.raises(openai.BadRequestError) as early:
            await client.fine_tuning.jobs.create(model=BASE_MODEL, training_file=file.id)
        assert early.value.code == "unexpectedEntityState"
        for _ in range(server.pending_looks):
            file = await client.files.retrieve(file.id)
        assert file.status == "processed"
        with pytest.raises(openai.BadRequestError, match="does not support fine-tuning") as unknown:
            await client.fine_tuning.jobs.create(model="nobody", training_file=file.id)
        assert unknown.value.code == "invalidPayload"
        job = await client.fine_tuning.jobs.create(model=BASE_MODEL, training_file=file.id, suffix="try")
        while job.status != "succeeded":
            job = await client.fine_tuning.jobs.retrieve(job.id)
        assert job.fine_tuned_model == f"{BASE_MODEL}.{job.id}-try"
        told = [event.message async for event in client.fine_tuning.jobs.list_events(job.id, limit=2)]
        assert told == [event["message"] for event in server.jobs[job.id].events]
        assert [each.id async for each in client.fine_tuning.jobs.list(limit=1)] == [job.id]
        assert (await client.files.content(job.result_files[0])).content.startswith(b"step,train_loss")
        with pytest.raises(openai.BadRequestError, match="cannot be cancelled"):
            await client.fine_tuning.jobs.cancel(job.id)
        with pytest.raises(openai.NotFoundError) as missing:
            await client.fine_tuning.jobs.retrieve("ftjob-0")
        assert missing.value.code == "notFound"


def _client(form: str, server: FineTuning, token: str) -> openai.AsyncOpenAI:
    if form == "v1":
        return openai.AsyncOpenAI(base_url=server.base_url, api_key=token, max_retries=0)
    return openai.AsyncAzureOpenAI(
        azure_endpoint=server.endpoint, api_version=API_VERSION, azure_ad_token=token, max_retries=0
    )
