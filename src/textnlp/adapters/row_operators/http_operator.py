"""Checks by a service over HTTP."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from textnlp.adapters.row_operators.service_answer import RowAnswer
from textnlp.domain.validation.outside_checks import HttpCheck
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.verdicts import Verdicts

AskService = Callable[[Sequence[tuple[bytes, int]]], list[RowAnswer]]
"""Sends requests, each with how many rows it holds, and returns what is said of all rows; blocks, and raises."""

_encoder = msgspec.json.Encoder(enc_hook=str)


class HttpOperator:
    """Satisfies `Operator` by a service that is sent the check's columns, `rows_at_once` rows a request.

    Rows that the service could not judge raise what `ask` raises: nothing is said of any row then.
    """

    version = "1"

    def __init__(self, check: HttpCheck, ask: AskService) -> None:
        self.name = check.name
        self.column = check.columns[0] if len(check.columns) == 1 else None
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True)
        self._check = check
        self._ask = ask

    def look(self, batch: RowBatch) -> Verdicts:
        """Return what the service says of the rows."""
        if not len(batch):
            return Verdicts()
        size = self._check.rows_at_once
        parts = [batch.rows[begin : begin + size] for begin in range(0, len(batch), size)]
        answers = self._ask([(self._body(part), len(part)) for part in parts])
        scores = np.array([np.nan if each.score is None else each.score for each in answers], dtype=np.float64)
        unspoken = f"{self.name} does not let it pass."
        return Verdicts(
            reasons={
                place: Reason(code=self.name, message=each.sentence or unspoken, column=self.column)
                for place, each in enumerate(answers)
                if not each.passed
            },
            scores=None if np.isnan(scores).all() else scores,
        )

    def _body(self, rows: Sequence[Mapping[str, Any]]) -> bytes:
        sent = {"rows": [{name: row.get(name) for name in self._check.columns} for row in rows]}
        try:
            return _encoder.encode(sent)
        except UnicodeEncodeError:
            # Half of a surrogate pair: JSON can tell of it in its own escapes alone.
            return json.dumps(sent, default=str).encode()
