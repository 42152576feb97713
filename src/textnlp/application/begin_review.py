"""Make a review of whatever its rows come from."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.create_review import SourceRow, create_review, import_review
from textnlp.application.read_batch_rows import read_batch_rows
from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import BatchId
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.exchange.argilla import from_argilla
from textnlp.domain.review.exchange.label_studio import from_label_studio
from textnlp.domain.review.model import Review

_ROW_NAME = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSource:
    """Where the rows of a review come from; exactly one is given.

    Attributes:
        rows: the rows; a text under `id` is what a row is called.
        batch_id: a batch that has ended.
        argilla: records of Argilla.
        label_studio: tasks of Label Studio.
    """

    rows: Sequence[Mapping[str, Any]] | None = None
    batch_id: str | None = None
    argilla: Sequence[Mapping[str, Any]] | None = None
    label_studio: Sequence[Mapping[str, Any]] | None = None


async def begin_review(
    ports: ReviewPorts,
    document: ReviewDocument,
    source: ReviewSource,
    *,
    caller: ReviewCaller,
    batches: BatchPorts | None = None,
) -> Review:
    """Make a review; raises what `create_review`, `import_review` and `read_batch_rows` do.

    Without `batches` a batch is refused with `INVALID_INPUT`, and so is anything else than one source.
    """
    given = (source.rows, source.batch_id, source.argilla, source.label_studio)
    if sum(each is not None for each in given) != 1:
        raise invalid_input("Give one of rows, batch_id, argilla and label_studio.", field="rows")
    now = ports.clock.now()
    if source.argilla is not None:
        said = await asyncio.to_thread(from_argilla, source.argilla, document, at=now)
        return await import_review(ports, document, said, caller=caller, source="argilla")
    if source.label_studio is not None:
        said = await asyncio.to_thread(from_label_studio, source.label_studio, document, at=now)
        return await import_review(ports, document, said, caller=caller, source="label-studio")
    if source.batch_id is not None:
        if batches is None:
            raise invalid_input("Batches are on a platform; name it with --server.", field="batch_id")
        rows = await read_batch_rows(batches, BatchId(source.batch_id))
        return await create_review(ports, document, rows, caller=caller, source=source.batch_id)
    rows = [SourceRow(row_id=_name(row, number), row=row) for number, row in enumerate(source.rows or [], start=1)]
    return await create_review(ports, document, rows, caller=caller)


def _name(row: Mapping[str, Any], number: int) -> str:
    name = row.get(_ROW_NAME)
    return name if isinstance(name, str) else str(number)
