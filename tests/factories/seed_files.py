"""Files that rows can begin with."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from textnlp.adapters.seed_files.opener import SeedFileOpener
from textnlp.domain.recipes.seed import Seed
from textnlp.domain.recipes.seeds import DocumentSeeds, RowSeeds


def pdf_of(pages: Sequence[str], *, password: str | None = None) -> bytes:
    """Make a PDF with a line of text on each page, none where the text is empty."""
    writer = PdfWriter()
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
    for text in pages:
        page = writer.add_blank_page(width=300, height=200)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode() if text else b"")
        page[NameObject("/Contents")] = writer._add_object(content)  # pyright: ignore[reportPrivateUsage]
    if password is not None:
        writer.encrypt(password)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def docx_of(*blocks: str | Sequence[Sequence[str]]) -> bytes:
    """Make a DOCX of paragraphs (texts) and tables (rows of cells)."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(rows=len(block), cols=len(block[0]))
        for row, texts in zip(table.rows, block, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


async def seeds_of(seeds: RowSeeds | DocumentSeeds, base: Path) -> list[Seed]:
    """Return all seeds of a source in their own order."""
    source = await SeedFileOpener().open(seeds, base=base)
    try:
        return await source.read(range(source.total))
    finally:
        await source.aclose()


async def rows_in(path: Path, **settings: Any) -> list[Seed]:
    """Return the rows of a file or folder."""
    return await seeds_of(RowSeeds(kind="rows", path=path.name, **settings), path.parent)


async def pieces_in(path: Path, **settings: Any) -> list[Seed]:
    """Return the pieces of a document or of a folder of them."""
    return await seeds_of(DocumentSeeds(kind="documents", path=path.name, **settings), path.parent)
