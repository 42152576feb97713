"""Look at what a generation has come to."""

import asyncio

from textnlp.application.validate_rows import RowJudge
from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.generation.record import decode_completions
from textnlp.domain.validation.checks_file import usual_checks
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.stored_validation import ANSWER_COLUMN, StoredValidation
from textnlp.domain.validation.summary import ValidationSummary


async def validate_generation(ports: ValidationPorts, validation: StoredValidation) -> ValidationSummary:
    """Look at each completion of a generation as a row with the column `text`, and note the balance.

    The checks are the usual ones. There are no files of it: the balance has the reasons of the few rows. Doing it
    twice changes nothing.
    """
    body = await ports.blobs.get(validation.source)
    rows = [{ANSWER_COLUMN: completion.text} for completion in decode_completions(body)]
    summary = await asyncio.to_thread(_looked_at, validation.name, rows)
    await ports.store.complete(validation, summary=summary.document(), at=ports.clock.now())
    return summary


def _looked_at(name: str, rows: list[dict[str, str]]) -> ValidationSummary:
    judge = RowJudge(usual_checks([ANSWER_COLUMN]))
    records = [Record(number=number, file=name, line=number, values=row) for number, row in enumerate(rows, 1)]
    summary = ValidationSummary()
    for record, row in zip(records, judge.judge(records), strict=True):
        summary.add(record, row)
    return summary
