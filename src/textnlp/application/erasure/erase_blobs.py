"""Erase what blobs say of a person, and their names where they name the person."""

import contextlib
import posixpath
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from textnlp.application.erasure.rewrite_blob import rewrite_lines
from textnlp.domain.erasure.redaction import redact_csv, redact_json, redact_json_lines, redact_text_lines
from textnlp.domain.erasure.terms import LONGEST_FORM_BYTES, SearchTerms
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.ports.blob_store import BlobInfo, BlobStore
from textnlp.ports.erasable_place import Found

_LINES = {".jsonl": redact_json_lines, ".ndjson": redact_json_lines, ".txt": redact_text_lines}
_TABLES = frozenset({".csv", ".tsv"})
_UNREADABLE = frozenset(
    {".7z", ".arrow", ".avro", ".bin", ".bz2", ".docx", ".gguf", ".gz", ".onnx", ".pdf", ".pkl", ".pt", ".safetensors"}
    | {".tar", ".tgz", ".xlsx", ".xz", ".zip", ".zst"}
)
"""What is compressed or holds numbers, so that looking for text in its bytes would prove nothing."""

TableRedaction = Callable[[bytes, SearchTerms], bytes | None]
"""Returns a Parquet file without the rows that name a person, or None where none does.

Raises `INVALID_INPUT` for bytes that are none.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasableBlobs:
    """Satisfies `ErasablePlace` with the blobs of a store.

    Attributes:
        called: what the store is called in what is found.
        left_out: prefixes that are not gone through.
        content: prefixes under which a JSON document is one record, of which all that was written goes.
        redact_table: rewrites Parquet.
        key: makes new names that nobody can guess the old ones from.
    """

    store: BlobStore
    called: str
    redact_table: TableRedaction
    key: bytes
    left_out: tuple[str, ...] = ()
    content: tuple[str, ...] = ()

    async def go_through(self, terms: SearchTerms, *, is_rehearsal: bool) -> Found:
        """Erase what names the person in each blob."""
        counts, unread = Counter[str](), Counter[str]()
        async with contextlib.aclosing(self.store.entries()) as infos:
            listed = [info async for info in infos if not info.path.startswith(self.left_out)]
        for info in listed:
            where = f"{self.called}/{posixpath.dirname(info.path).split('/')[0]}".rstrip("/")
            kind = posixpath.splitext(info.path)[1].lower()
            try:
                counts[where] += await self._redact(info, kind, terms, is_rehearsal=is_rehearsal)
            except TextNLPError as error:
                if error.kind is ErrorKind.NOT_FOUND:  # deleted meanwhile
                    continue
                if error.kind is not ErrorKind.INVALID_INPUT:
                    raise
                unread[where] += 1
            if terms.are_in_text(info.path):
                counts[f"{where} (names)"] += 1
                if not is_rehearsal:
                    await self.store.move(info.path, terms.renamed(info.path, key=self.key))
        return Found(counts={where: count for where, count in counts.items() if count}, unread=dict(unread))

    async def _redact(self, info: BlobInfo, kind: str, terms: SearchTerms, *, is_rehearsal: bool) -> bool:
        """Redact one blob; return whether it named the person. Raise `INVALID_INPUT` where nobody can tell."""
        path = info.path
        if kind in _UNREADABLE:
            raise invalid_input(f"{path} is packed.")
        if kind == ".parquet":
            table = self.redact_table(await self.store.get(path), terms)
            if table is not None and not is_rehearsal:
                await self.store.put(path, table)
            return table is not None
        if not await self._names(path, terms):
            return False
        if is_rehearsal:
            return True
        if kind in _LINES:
            redact = _LINES[kind]
            await rewrite_lines(self.store, path, lambda lines: redact(lines, terms))
            return True
        data = await self.store.get(path)
        if kind in _TABLES:
            written = redact_csv(data, terms)
        elif kind == ".json":
            written = redact_json(data, terms, is_content=path.startswith(self.content))
        else:
            written = terms.overwritten(data)
        await self.store.put(path, written)
        return True

    async def _names(self, path: str, terms: SearchTerms) -> bool:
        before = b""
        async with contextlib.aclosing(self.store.stream(path)) as pieces:
            async for piece in pieces:
                if terms.are_in(before + piece):
                    return True
                before = (before + piece)[-LONGEST_FORM_BYTES:]
        return False
