import dataclasses
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.backups.manifest import FORMAT, BackupKind, Content, EntryEnd, EntryKind, IndexLine, Manifest
from textnlp.domain.backups.record import decode_line, decode_manifest, encode_line, encode_manifest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import new_backup_id

TAKEN = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
NAME = "ab" * 32
MANIFEST = Manifest(
    format=FORMAT,
    id=new_backup_id(TAKEN),
    kind=BackupKind.DATABASE,
    taken_at=TAKEN,
    finished_at=TAKEN,
    version="1",
    key_id="00" * 8,
    revision="0016",
    index=Content(size_bytes=1, sha256="0" * 64, chunks=(NAME,)),
    entries=1,
    rows=2,
    files=3,
    size_bytes=4,
    new_bytes=5,
)
ends = st.builds(EntryEnd, size_bytes=st.integers(0, 2**60), sha256=st.just("0" * 64), etag=st.text(max_size=9))
lines = st.builds(
    IndexLine,
    kind=st.sampled_from(EntryKind),
    name=st.text(max_size=40),
    tree=st.text(max_size=9),
    chunks=st.lists(st.just(NAME), max_size=3).map(tuple),
    end=st.none() | ends,
)


def refusal(data: bytes, backup_id: str = MANIFEST.id) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        decode_manifest(data, backup_id=backup_id)
    assert caught.value.kind is ErrorKind.CONFLICT
    return caught.value


def test_a_manifest_comes_back_as_it_was_written() -> None:
    assert decode_manifest(encode_manifest(MANIFEST), backup_id=MANIFEST.id) == MANIFEST


@given(lines)
def test_a_line_of_an_index_comes_back_as_it_was_written(line: IndexLine) -> None:
    data = encode_line(line)
    assert data.endswith(b"\n")
    assert data.count(b"\n") == 1
    assert decode_line(data.rstrip(b"\n")) == line


def test_a_later_format_is_refused_with_what_to_do() -> None:
    document = json.loads(encode_manifest(MANIFEST)) | {"format": FORMAT + 1, "index": "unknown"}
    assert "Update TextNLP" in refusal(json.dumps(document).encode()).full_text


def test_the_manifest_of_another_backup_is_refused() -> None:
    assert "another" in refusal(encode_manifest(MANIFEST), new_backup_id(TAKEN)).message


@pytest.mark.parametrize("name", ["../../../etc/passwd", "", "0" * 63, "/" * 64])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    index = dataclasses.replace(MANIFEST.index, chunks=(name,))
    refusal(encode_manifest(dataclasses.replace(MANIFEST, index=index)))
    with pytest.raises(TextNLPError, match="no object"):
        decode_line(encode_line(IndexLine(kind=EntryKind.FILE, name="a", chunks=(name,))))


@given(st.binary(max_size=200))
def test_no_bytes_are_a_surprise(data: bytes) -> None:
    refusal(data)
    with pytest.raises(TextNLPError):
        decode_line(data)
