import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterable
from functools import partial
from pathlib import Path

import pytest

from textnlp.adapters.blobs.local_folder import LocalFolderBlobStore, local_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.application.model_registry import FileSource, ModelDraft, ModelRegistry
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.registry.model import ModelOrigin, ModelStage

DRAFT = ModelDraft(name="tuned", origin=ModelOrigin.FINE_TUNED, base="smollm2-135m", description="Reviews.")


async def _pieces(*pieces: bytes) -> AsyncIterable[bytes]:
    for piece in pieces:
        yield piece


def of(*pieces: bytes) -> FileSource:
    return partial(_pieces, *pieces)


@pytest.fixture
async def blobs(tmp_path: Path) -> AsyncGenerator[LocalFolderBlobStore]:
    store = local_blob_store(tmp_path, clock=SystemClock())
    yield store
    await store.aclose()


@pytest.fixture
def registry(blobs: LocalFolderBlobStore) -> ModelRegistry:
    return ModelRegistry(blobs, clock=SystemClock())


async def test_a_version_holds_its_files_with_their_hashes(
    registry: ModelRegistry, blobs: LocalFolderBlobStore
) -> None:
    made = await registry.register(DRAFT, {"weights.gguf": of(b"ab", b"cd"), "config.json": of(b"{}")})
    assert (made.reference, made.stage) == ("tuned@1", ModelStage.CANDIDATE)
    assert [file.name for file in made.files] == ["config.json", "weights.gguf"]
    assert made.files[1].sha256 == hashlib.sha256(b"abcd").hexdigest()
    assert await blobs.get("models/fine-tuned/tuned/1/weights.gguf") == b"abcd"
    assert await registry.find("tuned", 1) == made
    assert b"".join([piece async for piece in registry.read(made, made.files[1])]) == b"abcd"


async def test_versions_are_counted_and_listed_with_their_stages(registry: ModelRegistry) -> None:
    for _ in range(2):
        await registry.register(DRAFT, {"w": of(b"x")})
    await registry.register(ModelDraft(name="base", origin=ModelOrigin.CHECKPOINT), {"w": of(b"y")})
    await registry.promote("tuned", 2, stage=ModelStage.STAGING)
    listed = [(model.reference, str(model.stage)) for model in await registry.models()]
    assert listed == [("base@1", "candidate"), ("tuned@1", "candidate"), ("tuned@2", "staging")]
    assert [model.version for model in await registry.models("tuned")] == [1, 2]


async def test_those_who_register_at_once_get_versions_of_their_own(registry: ModelRegistry) -> None:
    made = await asyncio.gather(*(registry.register(DRAFT, {"w": of(bytes([n]))}) for n in range(1, 9)))
    assert sorted(model.version for model in made) == list(range(1, 9))
    for model in await registry.models():
        await registry.verify(model)


async def test_those_who_promote_at_once_leave_one_in_production(registry: ModelRegistry) -> None:
    for version in range(1, 4):
        await registry.register(DRAFT, {"w": of(b"x")})
        await registry.promote("tuned", version, stage=ModelStage.STAGING)
    await asyncio.gather(*(registry.promote("tuned", n, stage=ModelStage.PRODUCTION) for n in range(1, 4)))
    assert sorted(model.stage for model in await registry.models()) == ["production", "retired", "retired"]


@pytest.mark.parametrize("damage", [b"abXd", b"abc", None])
async def test_a_file_that_changed_goes_no_further(
    registry: ModelRegistry, blobs: LocalFolderBlobStore, damage: bytes | None
) -> None:
    made = await registry.register(DRAFT, {"w": of(b"abcd")})
    path = made.path_of(made.files[0])
    await (blobs.delete(path) if damage is None else blobs.put(path, damage))
    with pytest.raises(TextNLPError, match=r"w of tuned@1") as refused:
        await registry.promote("tuned", 1, stage=ModelStage.STAGING)
    assert refused.value.kind is ErrorKind.CONFLICT
    assert (await registry.find("tuned", 1)).stage is ModelStage.CANDIDATE


async def test_what_breaks_off_leaves_no_version_and_no_files(
    registry: ModelRegistry, blobs: LocalFolderBlobStore
) -> None:
    async def broken() -> AsyncIterable[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await registry.register(DRAFT, {"a": of(b"whole"), "b": broken})
    assert await registry.models() == []
    assert [entry.path async for entry in blobs.entries("models/fine-tuned/")] == []
    assert (await registry.register(DRAFT, {"a": of(b"whole")})).version == 2


async def test_a_model_needs_files_with_something_in_them(registry: ModelRegistry) -> None:
    with pytest.raises(TextNLPError, match="at least one file"):
        await registry.register(DRAFT, {})
    with pytest.raises(TextNLPError, match="w is empty"):
        await registry.register(DRAFT, {"w": of()})


async def test_a_version_that_is_not_there_is_not_found(registry: ModelRegistry) -> None:
    with pytest.raises(TextNLPError, match="no version 3") as missing:
        await registry.promote("tuned", 3, stage=ModelStage.STAGING)
    assert missing.value.kind is ErrorKind.NOT_FOUND


async def test_a_large_file_is_never_in_memory(registry: ModelRegistry) -> None:
    piece = bytes(1 << 20)
    tracemalloc.start()
    made = await registry.register(DRAFT, {"w": of(*([piece] * 64))})
    await registry.verify(made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.files[0].size_bytes == 64 << 20
    assert peak < 16 << 20


async def test_a_model_may_be_called_as_the_folder_of_versions_is(registry: ModelRegistry) -> None:
    made = await registry.register(ModelDraft(name="versions", origin=ModelOrigin.FINE_TUNED), {"w": of(b"x")})
    await registry.promote("versions", 1, stage=ModelStage.STAGING)
    assert [model.reference for model in await registry.models()] == [made.reference]
