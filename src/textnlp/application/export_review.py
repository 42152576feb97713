"""Write what people said of rows, for programs, for other tools and for prompts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from textnlp.application.decide_review_item import owned_review
from textnlp.application.measure_review import all_items
from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.examples import accepted_examples
from textnlp.domain.review.exchange.argilla import to_argilla
from textnlp.domain.review.exchange.label_studio import labelling_interface, to_label_studio
from textnlp.domain.review.facts import item_facts
from textnlp.domain.review.model import ReviewItem
from textnlp.ports.blob_store import BlobInfo
from textnlp.topology.containers import VALIDATION_HUMAN_EVAL


class ExportForm(StrEnum):
    """In which form a review is written.

    `JSONL` is a line a row with every answer and what holds; `EXAMPLES` a line a row whose edits are settled; the
    others are what the tools of that name read, `LABEL_STUDIO_CONFIG` the labelling interface that goes with the tasks.
    """

    JSONL = "jsonl"
    ARGILLA = "argilla"
    LABEL_STUDIO = "label-studio"
    LABEL_STUDIO_CONFIG = "label-studio-config"
    EXAMPLES = "examples"


FILE_NAMES = {
    ExportForm.JSONL: "review.jsonl",
    ExportForm.ARGILLA: "argilla.json",
    ExportForm.LABEL_STUDIO: "label-studio.json",
    ExportForm.LABEL_STUDIO_CONFIG: "label-studio.xml",
    ExportForm.EXAMPLES: "examples.jsonl",
}


async def export_review(ports: ReviewPorts, review_id: ReviewId, form: ExportForm, *, caller: ReviewCaller) -> bytes:
    """Return a review in a form, to its owner.

    Raises `FORBIDDEN` for others, and `INVALID_INPUT` for examples where no edits are asked for.
    """
    review = await owned_review(ports, review_id, caller=caller, what="export it")
    items = await all_items(ports, review_id)
    return await asyncio.to_thread(_WRITERS[form], items, review.document)


async def keep_export(ports: ReviewPorts, review_id: ReviewId, form: ExportForm, *, caller: ReviewCaller) -> BlobInfo:
    """Write a review to the blobs of human evaluations, in place of the export of this form before, and tell where.

    Raises what `export_review` does, and `CONFLICT` where there is no place for it.
    """
    if ports.blobs is None:
        raise TextNLPError("Exports are kept by a server; here, write a file.", kind=ErrorKind.CONFLICT)
    written = await export_review(ports, review_id, form, caller=caller)
    return await ports.blobs.put(f"{VALIDATION_HUMAN_EVAL}/{review_id}/{FILE_NAMES[form]}", written)


def _jsonl(items: Sequence[ReviewItem], document: ReviewDocument) -> bytes:
    return _lines([item_facts(item, document) for item in items])


def _argilla(items: Sequence[ReviewItem], document: ReviewDocument) -> bytes:
    return msgspec.json.encode(to_argilla(items, document)) + b"\n"


def _label_studio(items: Sequence[ReviewItem], document: ReviewDocument) -> bytes:
    return msgspec.json.encode(to_label_studio(items, document)) + b"\n"


def _label_studio_config(items: Sequence[ReviewItem], document: ReviewDocument) -> bytes:
    first: Mapping[str, Any] = items[0].row if items else {}
    shown = document.columns or [name for name, value in first.items() if isinstance(value, str)]
    return labelling_interface(document, [name for name in shown if name not in document.hidden_columns]).encode()


def _examples(items: Sequence[ReviewItem], document: ReviewDocument) -> bytes:
    return _lines(accepted_examples(items, document))


def _lines(rows: Sequence[Any]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


_WRITERS: dict[ExportForm, Callable[[Sequence[ReviewItem], ReviewDocument], bytes]] = {
    ExportForm.JSONL: _jsonl,
    ExportForm.ARGILLA: _argilla,
    ExportForm.LABEL_STUDIO: _label_studio,
    ExportForm.LABEL_STUDIO_CONFIG: _label_studio_config,
    ExportForm.EXAMPLES: _examples,
}
