"""Checks by a function of an installed package."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.validation.outside_checks import PythonCheck
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_batch import RowBatch
from textnlp.domain.validation.shown_value import kind_of
from textnlp.domain.validation.verdicts import Verdicts

_MEMBERS = frozenset({"reason", "score"})
_Verdict = tuple[str | None, float]
_HINT = "It returns one verdict a row: None, a sentence, or {'reason': ..., 'score': ...}."


class PythonOperator:
    """Satisfies `Operator` by a function that looks at all rows of a batch at once.

    The function gets rows of its own, so that what it does to them changes nothing here. What it raises, and what it
    returns that is no verdict, is raised as `INVALID_INPUT` that names the function and never repeats a row: its own
    error is the cause, for whoever runs it.

    Args:
        check: the document.
        function: called with the rows, and the check's arguments by name.
        version: of the package that offers the function.
    """

    def __init__(self, check: PythonCheck, function: Callable[..., Any], *, version: str = "") -> None:
        self.name = check.name or check.function
        self.version = version
        self.column = check.columns[0] if len(check.columns) == 1 else None
        self.parameters: dict[str, Any] = check.model_dump(mode="json", exclude_unset=True)
        self._check = check
        self._function = function

    def look(self, batch: RowBatch) -> Verdicts:
        """Return what the function says of the rows."""
        columns = self._check.columns
        rows = [{name: copy.deepcopy(row.get(name)) for name in columns} for row in batch.rows]
        arguments = copy.deepcopy(self._check.arguments)
        try:
            returned: object = self._function(rows, **arguments)
        except Exception as exc:
            raise self._failed(f"raised {type(exc).__name__}") from exc
        if not isinstance(returned, list | tuple):
            raise self._failed(f"returned {kind_of(returned)}, not a list of verdicts")
        told = cast("Sequence[object]", returned)
        if len(told) != len(batch):
            raise self._failed(f"returned {len(told):,} verdicts for {len(batch):,} rows")
        return self._verdicts(told)

    def _verdicts(self, told: Sequence[object]) -> Verdicts:
        reasons: dict[int, Reason] = {}
        scores = np.full(len(told), np.nan)
        for place, each in enumerate(told):
            sentence, scores[place] = self._read(each, place)
            if sentence is not None:
                reasons[place] = Reason(code=self.name, message=sentence, column=self.column)
        return Verdicts(reasons=reasons, scores=None if np.isnan(scores).all() else scores)

    def _read(self, verdict: object, place: int) -> _Verdict:
        if verdict is None or isinstance(verdict, str):
            return verdict, np.nan
        if not isinstance(verdict, Mapping):
            raise self._failed(f"returned {kind_of(verdict)} as verdict {place}")
        members = cast("Mapping[object, object]", verdict)
        if not _MEMBERS.issuperset(members):
            raise self._failed(f"returned verdict {place} with a member that is neither reason nor score")
        reason, score = members.get("reason"), members.get("score")
        if not (reason is None or isinstance(reason, str)):
            raise self._failed(f"returned verdict {place} whose reason is {kind_of(reason)}, not a text")
        if isinstance(score, bool) or not (score is None or isinstance(score, int | float | np.number)):
            raise self._failed(f"returned verdict {place} whose score is {kind_of(score)}, not a number")
        return reason, np.nan if score is None else float(cast("float", score))

    def _failed(self, what: str) -> TextNLPError:
        return TextNLPError(
            f"The function {self._check.function} {what}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=_HINT if what.startswith("returned") else None),
        )
