"""Register versions of models, list them, promote them, and find out whether their files are what they were."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from dataclasses import dataclass

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input, not_found
from textnlp.domain.registry.model import (
    ModelFile,
    ModelOrigin,
    ModelStage,
    RegisteredModel,
    at_stage,
    card_path,
    claim_path,
    file_path,
    is_card,
    promoted,
    require_file_name,
    require_model_name,
    stages_path,
)
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.topology.containers import MODELS_CONFIGS

FileSource = Callable[[], AsyncIterable[bytes]]
"""Begins to read a file, in pieces."""

_VERIFIED = frozenset({ModelStage.STAGING, ModelStage.PRODUCTION})
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDraft:
    """What is to be registered, but for its files."""

    name: str
    origin: ModelOrigin
    base: str = ""
    provider_model: str = ""
    description: str = ""


class ModelRegistry:
    """Keeps versions of models among other blobs; several processes may register and promote at once.

    Files are read and written in pieces, so that their size does not matter to memory. A version is there when its
    card is, which is written last; what a registration that broke off has left is never taken for a version.
    """

    def __init__(self, blobs: BlobStore, *, clock: Clock) -> None:
        self._blobs = blobs
        self._clock = clock

    async def register(self, draft: ModelDraft, files: Mapping[str, FileSource]) -> RegisteredModel:
        """Store files as the next version of a model, a candidate.

        Raises `INVALID_INPUT` for names that cannot be used, for no files, and for an empty one. Files that were
        written by then are removed.
        """
        name = require_model_name(draft.name)
        if not files:
            raise invalid_input("A model has at least one file.", field="files")
        names = sorted(require_file_name(each) for each in files)
        version = await self._claimed(name)
        written: list[str] = []
        try:
            stored: list[ModelFile] = []
            for each in names:
                written.append(file_path(draft.origin, name, version, each))
                stored.append(await self._store(written[-1], each, files[each]))
            model = RegisteredModel(
                name=name,
                version=version,
                origin=draft.origin,
                files=tuple(stored),
                created_at=self._clock.now(),
                base=draft.base,
                provider_model=draft.provider_model,
                description=draft.description,
            )
            await self._blobs.put(card_path(name, version), msgspec.json.encode(model), if_absent=True)
        except BaseException:
            for path in written:
                await self._blobs.delete(path)
            raise
        return model

    async def models(self, name: str | None = None) -> list[RegisteredModel]:
        """Return all versions, or those of one model, by name and version."""
        prefix = f"{MODELS_CONFIGS}/" if name is None else f"{MODELS_CONFIGS}/{require_model_name(name)}/"
        found: list[RegisteredModel] = []
        stages: dict[str, dict[int, ModelStage]] = {}
        async for entry in self._blobs.entries(prefix):
            if not is_card(entry.path):
                continue
            model = msgspec.json.decode(await self._blobs.get(entry.path), type=RegisteredModel)
            if model.name not in stages:
                stages[model.name], _ = await self._stages(model.name)
            found.append(at_stage(model, stages[model.name]))
        return sorted(found, key=lambda model: (model.name, model.version))

    async def find(self, name: str, version: int) -> RegisteredModel:
        """Return a version; raise `NOT_FOUND` where there is none."""
        try:
            card = await self._blobs.get(card_path(require_model_name(name), version))
        except TextNLPError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                raise not_found(f"There is no version {version} of a model {name}.") from error
            raise
        stages, _ = await self._stages(name)
        return at_stage(msgspec.json.decode(card, type=RegisteredModel), stages)

    async def promote(self, name: str, version: int, *, stage: ModelStage) -> RegisteredModel:
        """Let a version go to a stage, when its files are what was registered; what it replaces is retired.

        Raises `NOT_FOUND`, and `CONFLICT` for a step that leaves one out, for files that have changed, and where
        others promote versions of the model all the time.
        """
        model = await self.find(name, version)
        promoted({version: model.stage}, version, stage)
        if stage in _VERIFIED:
            await self.verify(model)
        for _ in range(_ATTEMPTS):
            stages, etag = await self._stages(name)
            after = promoted(stages, version, stage)
            document = msgspec.json.encode({str(each): held for each, held in sorted(after.items())})
            try:
                await self._blobs.put(stages_path(name), document, if_absent=etag is None, if_etag=etag)
            except TextNLPError as error:
                if error.kind is not ErrorKind.CONFLICT:
                    raise
            else:
                return at_stage(model, after)
        raise TextNLPError(f"Others promote versions of {name} at the same time.", kind=ErrorKind.CONFLICT)

    async def verify(self, model: RegisteredModel) -> None:
        """Return when all files have the bytes that were registered; raise `CONFLICT` naming the first that has not."""
        for file in model.files:
            digest, size_bytes = hashlib.sha256(), 0
            try:
                async for piece in self._blobs.stream(model.path_of(file)):
                    digest.update(piece)
                    size_bytes += len(piece)
            except TextNLPError as error:
                if error.kind is not ErrorKind.NOT_FOUND:
                    raise
                raise _changed(model, file, "is gone") from error
            if (digest.hexdigest(), size_bytes) != (file.sha256, file.size_bytes):
                raise _changed(model, file, "is not the one that was registered")

    async def read(self, model: RegisteredModel, file: ModelFile) -> AsyncGenerator[bytes]:
        """Yield the bytes of a file in pieces."""
        async for piece in self._blobs.stream(model.path_of(file)):
            yield piece

    async def _claimed(self, name: str) -> int:
        """Take the next number of a model, which nobody else gets."""
        version = 1
        async for entry in self._blobs.entries(f"{MODELS_CONFIGS}/{name}/claims/"):
            version = max(version, 1 + int(entry.path.rpartition("/")[2]))
        while True:
            try:
                await self._blobs.put(claim_path(name, version), b"", if_absent=True)
            except TextNLPError as error:
                if error.kind is not ErrorKind.CONFLICT:
                    raise
                version += 1
            else:
                return version

    async def _store(self, path: str, name: str, source: FileSource) -> ModelFile:
        digest, size_bytes = hashlib.sha256(), 0
        async with self._blobs.open_writer(path) as writer:
            async for piece in source():
                digest.update(piece)
                size_bytes += len(piece)
                await writer.write(piece)
            if not size_bytes:
                raise invalid_input(f"{name} is empty.", field="files")
        return ModelFile(name=name, size_bytes=size_bytes, sha256=digest.hexdigest())

    async def _stages(self, name: str) -> tuple[dict[int, ModelStage], str | None]:
        """Return the stages of a model's versions and the etag that they were read with, None where none is told."""
        try:
            info = await self._blobs.head(stages_path(name))
            document = await self._blobs.get(stages_path(name))
        except TextNLPError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return {}, None
            raise
        stages = msgspec.json.decode(document, type=dict[str, ModelStage])
        return {int(version): stage for version, stage in stages.items()}, info.etag


def _changed(model: RegisteredModel, file: ModelFile, what: str) -> TextNLPError:
    return TextNLPError(
        f"{file.name} of {model.reference} {what}.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Register the files again; this version goes no further.", field="files"),
    )
