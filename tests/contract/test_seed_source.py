"""What every source of seeds does."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.factories.seed_files import docx_of, pdf_of
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.seed_files.opener import SeedFileOpener
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.seeds import SEED_COLUMNS, DocumentSeeds, RowSeeds
from textnlp.ports.seed_source import SeedOpener, SeedSource

_COUNT = 12
_WORDS = [f"word{number:02}" for number in range(_COUNT)]
_PARAGRAPHS = [f"{word} is what this paragraph of sixty characters is about." for word in _WORDS]
_SIZE = 70
_ROW_KINDS = ("csv", "json lines", "parquet", "folder", "inline", "blob", "blob folder")
_DOCUMENT_KINDS = ("txt", "md", "html", "pdf", "docx", "document folder", "document blobs")


def rows_at(path: str) -> RowSeeds:
    return RowSeeds(kind="rows", path=path)


def documents_at(path: str) -> DocumentSeeds:
    return DocumentSeeds(kind="documents", path=path, chunk_characters=_SIZE)


def files_of(kind: str) -> Mapping[str, bytes]:
    """Return the files of a kind, in which seed n is about word n."""
    lines = [json.dumps({"word": word}) + "\n" for word in _WORDS]
    pairs = [f"{one}\n\n{other}" for one, other in zip(_PARAGRAPHS[::2], _PARAGRAPHS[1::2], strict=True)]
    text = "\n\n".join(_PARAGRAPHS)
    return {
        "csv": lambda: {"a.csv": "\n".join(["word", *_WORDS]).encode()},
        "json lines": lambda: {"a.jsonl": "".join(lines).encode()},
        "parquet": lambda: {"a.parquet": parquet_of(_WORDS)},
        "folder": lambda: {"a/1.jsonl": "".join(lines[:5]).encode(), "a/2.parquet": parquet_of(_WORDS[5:])},
        "txt": lambda: {"a.txt": text.encode()},
        "md": lambda: {"a.md": text.encode("utf-16")},
        "html": lambda: {"a.html": "".join(f"<p>{each}</p>" for each in _PARAGRAPHS).encode()},
        "pdf": lambda: {"a.pdf": pdf_of(_PARAGRAPHS)},
        "docx": lambda: {"a.docx": docx_of(*_PARAGRAPHS)},
        "document folder": lambda: {f"a/{place}/{place}.txt": pair.encode() for place, pair in enumerate(pairs)},
    }[kind]()


def overwrite(folder: Path) -> None:
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        path.write_bytes(b"something else")


def parquet_of(words: list[str]) -> bytes:
    sink = cast("Any", pa).BufferOutputStream()
    cast("Any", pq).write_table(cast("Any", pa).table({"word": words}), sink)
    return sink.getvalue().to_pybytes()


async def opened(kind: str, folder: Path) -> SeedSource:
    """Open a source of a kind whose seed n is about word n."""
    if kind == "inline":
        seeds = RowSeeds(kind="rows", rows=[{"word": word} for word in _WORDS])
        return await SeedFileOpener(is_confined=True).open(seeds, base=folder)
    stored = {"blob": "csv", "blob folder": "folder", "document blobs": "document folder"}.get(kind)
    files = files_of(stored or kind)
    name = next(iter(files)).split("/")[0]
    make = documents_at if kind in _DOCUMENT_KINDS else rows_at
    if stored is None:
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        opener: SeedOpener = SeedFileOpener()
        return await opener.open(make(name), base=folder)
    blobs = memory_blob_store()
    for path, data in files.items():
        await blobs.put(f"mine/{path}", data)
    source = await SeedFileOpener(blobs=blobs, is_confined=True).open(make(f"blob:mine/{name}"), base=folder)
    await blobs.aclose()
    return source


@pytest.fixture(params=[*_ROW_KINDS, *_DOCUMENT_KINDS])
async def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def source(kind: str, tmp_path: Path) -> AsyncIterator[SeedSource]:
    source = await opened(kind, tmp_path)
    yield source
    await source.aclose()


async def test_seeds_come_in_the_order_asked_with_their_numbers(source: SeedSource) -> None:
    assert source.total == _COUNT
    numbers = [7, 0, 11, 7, 3, *range(_COUNT)]
    seeds = await source.read(numbers)
    assert [seed.number for seed in seeds] == numbers
    for seed in seeds:
        value = seed.values.get("word") or seed.values["text"]
        assert value.startswith(_WORDS[seed.number])


async def test_every_seed_brings_the_fields(source: SeedSource, kind: str) -> None:
    assert source.fields == (SEED_COLUMNS["documents"] if kind in _DOCUMENT_KINDS else ("word",))
    for seed in await source.read(range(_COUNT)):
        assert tuple(seed.values) == source.fields


async def test_a_seed_knows_where_it_is_from(source: SeedSource, kind: str) -> None:
    for seed in await source.read(range(_COUNT)):
        if kind in _DOCUMENT_KINDS:
            assert set(seed.origin) == {"file", "page", "offset", "chunk"}
            assert seed.origin.items() <= seed.values.items()
            assert (seed.origin["page"] is not None) == (kind == "pdf")
        else:
            assert set(seed.origin) == (set[str]() if kind == "inline" else {"file", "line"})


async def test_reading_nothing_returns_nothing(source: SeedSource) -> None:
    assert await source.read([]) == []


async def test_a_number_that_there_is_not_is_an_error(source: SeedSource) -> None:
    for number in (-1, _COUNT):
        with pytest.raises(TextNLPError) as caught:
            await source.read([0, number])
        assert caught.value.kind is ErrorKind.INTERNAL


async def test_reads_at_once_do_not_disturb_one_another(source: SeedSource) -> None:
    answers = await asyncio.gather(*(source.read([number]) for number in range(_COUNT)))
    assert [seed.number for seeds in answers for seed in seeds] == list(range(_COUNT))


async def test_closing_twice_is_harmless_and_ends_reading(source: SeedSource) -> None:
    await source.aclose()
    await source.aclose()
    with pytest.raises(TextNLPError) as caught:
        await source.read([0])
    assert caught.value.kind is ErrorKind.INTERNAL


async def test_seeds_stay_what_they_were_when_they_were_opened(source: SeedSource, tmp_path: Path) -> None:
    before = await source.read(range(_COUNT))
    overwrite(tmp_path)
    assert await source.read(range(_COUNT)) == before
