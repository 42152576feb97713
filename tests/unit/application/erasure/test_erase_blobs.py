import io
import json
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tests.factories.backups import make_blobs
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.dataset_files.person_search import redact_table
from textnlp.application.erasure.erase_blobs import ErasableBlobs
from textnlp.application.erasure.rewrite_blob import rewrite_lines
from textnlp.domain.erasure.terms import read_terms
from textnlp.ports.blob_store import BlobStore

TERMS = read_terms(["Ann Smith"])
arrow, parquet = cast("Any", pa), cast("Any", pq)


def place_of(blobs: BlobStore) -> ErasableBlobs:
    return ErasableBlobs(
        store=blobs, called="blobs", redact_table=redact_table, key=b"k", left_out=("backups/",), content=("realtime/",)
    )


def table_of(*texts: str) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(arrow.table({"id": list(range(len(texts))), "text": [[text] for text in texts]}), sink)
    return sink.getvalue()


async def test_each_kind_of_file_loses_what_names_the_person_and_keeps_the_rest() -> None:
    contents = {
        "p/a.jsonl": b'{"prompt":"Ann Smith is kind."}\n{"prompt":"Nobody is."}\n',
        "p/a.txt": b"Write to Ann Smith.\nWrite.\n",
        "p/a.csv": b"id,prompt\n1,Write to Ann Smith\n2,Write\n",
        "p/a.html": b"<p>Ann&nbsp;Smith</p>",
        "p/a.json": b'{"prompt": "Write.", "by": "ann smith"}',
        "realtime/a.json": b'[{"text": "All of it.", "by": "Ann Smith"}]',
        "p/a.parquet": table_of("To Ann Smith", "To nobody"),
    }
    blobs = memory_blob_store()
    for path, data in contents.items():
        await blobs.put(path, data)
    found = await place_of(blobs).go_through(TERMS, is_rehearsal=False)
    assert found.counts == {"blobs/p": 6, "blobs/realtime": 1}
    left = {path: await blobs.get(path) for path in contents}
    assert [json.loads(line)["prompt"] for line in left["p/a.jsonl"].splitlines()] == ["[erased]", "Nobody is."]
    assert left["p/a.txt"].split(b"\n") == [b"[erased]           ", b"Write.", b""]
    assert left["p/a.csv"].splitlines()[2] == b"2,Write"
    assert left["p/a.html"] == b"<p>xxxxxxxxxxxxxx</p>"
    assert json.loads(left["p/a.json"]) == {"prompt": "Write.", "by": "[erased]"}
    assert json.loads(left["realtime/a.json"]) == [{"text": "[erased]", "by": "[erased]"}]
    assert parquet.read_table(io.BytesIO(left["p/a.parquet"])).to_pylist() == [{"id": 1, "text": ["To nobody"]}]
    assert {len(data) - len(left[path]) for path, data in contents.items() if path != "p/a.parquet"} == {0}
    assert not (await place_of(blobs).go_through(TERMS, is_rehearsal=True)).counts


async def test_what_is_packed_is_named_and_left_and_backups_are_passed_over() -> None:
    blobs = await make_blobs(p__a=b"-")
    for path in ("p/a.zip", "p/b.gguf", "p/damaged.parquet", "backups/database/x"):
        await blobs.put(path, b"Ann Smith")
    found = await place_of(blobs).go_through(TERMS, is_rehearsal=False)
    assert (found.counts, found.unread) == ({}, {"blobs/p": 3})
    assert await blobs.get("p/a.zip") == b"Ann Smith"


async def test_a_blob_whose_name_names_the_person_gets_another() -> None:
    blobs = memory_blob_store()
    await blobs.put("p/Ann Smith.csv", b"a")
    found = await place_of(blobs).go_through(TERMS, is_rehearsal=False)
    assert found.counts == {"blobs/p (names)": 1}
    assert [info.path async for info in blobs.entries()] == [TERMS.renamed("p/Ann Smith.csv", key=b"k")]


async def test_a_term_across_two_pieces_of_a_stream_is_found() -> None:
    blobs = memory_blob_store()
    await blobs.put("p/large.html", b"x" * ((1 << 20) - 4) + b"Ann Smith" + b"y" * 9)
    assert (await place_of(blobs).go_through(TERMS, is_rehearsal=True)).counts == {"blobs/p": 1}


async def test_lines_are_written_as_they_were_but_for_what_is_changed() -> None:
    blobs = memory_blob_store()
    for data in (b"", b"\n", b"a", b"a\n", b"a\n\nb\n", b"a\nb"):
        await blobs.put("x", data)
        await rewrite_lines(blobs, "x", lambda lines: [line.replace(b"a", b"c") for line in lines])
        assert await blobs.get("x") == data.replace(b"a", b"c")
    await rewrite_lines(blobs, "missing", list)
