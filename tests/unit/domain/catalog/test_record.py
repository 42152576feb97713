import pytest

from textnlp.domain.catalog.model import CatalogEntry
from textnlp.domain.catalog.record import (
    CatalogDocument,
    decode_document,
    decode_entry,
    decode_tombstone,
    encode,
    encode_file,
)
from textnlp.domain.errors import ErrorKind, TextNLPError

ENTRY = CatalogEntry(dataset_id="d", tenant="t", tags={"gold": 1})


def test_an_entry_is_read_as_it_was_written() -> None:
    assert decode_entry(encode(ENTRY)) == ENTRY
    assert decode_document(encode_file(CatalogDocument(entry=ENTRY)), name="x").entry == ENTRY


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"entry": {"tags": 3}}', b"[" * 100_000])
def test_a_damaged_file_is_named(data: bytes) -> None:
    for read in (decode_document, decode_tombstone):
        with pytest.raises(TextNLPError, match=r"catalog\.json cannot be read") as caught:
            read(data, name="catalog.json")
        assert caught.value.kind is ErrorKind.INVALID_INPUT
