"""Register what a fine-tuning job has made."""

from collections.abc import AsyncGenerator, AsyncIterable
from functools import partial

import msgspec

from textnlp.application.model_registry import FileSource, ModelDraft, ModelRegistry
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.registry.model import ModelOrigin, RegisteredModel
from textnlp.domain.tuning.model import TuningJob, TuningRecord
from textnlp.ports.tuning_provider import TuningProvider

_DOCUMENT = "tuned-model.json"
_MAX_RESULT_BYTES = 64 << 20


async def keep_tuned_model(
    record: TuningRecord, job: TuningJob, *, tuned_model: str, provider: TuningProvider, registry: ModelRegistry
) -> RegisteredModel:
    """Return the version of a tuned model, registered where it is not there yet.

    The weights stay at the provider. What is kept is a document with the ids of model, job and files, the hashes of the
    files, and how it was trained, and beside it the provider's figures of the training where it still has them. Two who
    do so at the same moment make two versions.
    """
    name = record.plan.name
    if (found := await _found(registry, name, tuned_model)) is not None:
        return found
    draft = ModelDraft(
        name=name,
        origin=ModelOrigin.FINE_TUNED,
        base=record.plan.base,
        provider_model=tuned_model,
        description=f"Tuned by {record.origin} in job {job.id}.",
    )
    files = {_DOCUMENT: partial(_document, record, job), **await _results(job, provider)}
    return await registry.register(draft, files)


async def _found(registry: ModelRegistry, name: str, tuned_model: str) -> RegisteredModel | None:
    models = await registry.models(name)
    return next((model for model in models if model.provider_model == tuned_model), None)


async def _document(record: TuningRecord, job: TuningJob) -> AsyncIterable[bytes]:
    facts = {
        "provider": record.origin,
        "model": job.tuned_model,
        "job": job.id,
        "training_file": record.training_file_id,
        "validation_file": record.validation_file_id,
        "plan": record.plan,
        "trained_tokens": job.trained_tokens,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }
    yield msgspec.json.format(msgspec.json.encode(facts), indent=2)


async def _results(job: TuningJob, provider: TuningProvider) -> dict[str, FileSource]:
    """Return what reads the figures of the training; those that the provider has no more are left out."""
    found: dict[str, FileSource] = {}
    for number, file_id in enumerate(job.result_files, 1):
        try:
            content = await _read(file_id, provider)
        except TextNLPError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                continue
            raise
        if content:
            found[f"results-{number}.csv"] = partial(_whole, content)
    return found


async def _read(file_id: str, provider: TuningProvider) -> bytes:
    content = bytearray()
    async for piece in provider.result(file_id):
        content += piece
        if len(content) > _MAX_RESULT_BYTES:
            raise TextNLPError(f"The figures in {file_id} have no end.", kind=ErrorKind.BAD_RESPONSE)
    return bytes(content)


async def _whole(content: bytes) -> AsyncGenerator[bytes]:
    yield content
