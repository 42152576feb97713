"""What a check says of the rows it looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from textnlp.domain.validation.reason import Reason

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What one check says of a batch; rows are told by their place in it.

    Attributes:
        reasons: why rows fail; a row that is not there passes.
        flags: what was found in rows that pass all the same.
        scores: a number for every row, in the unit that the check's docstring says; nan where there is none.
        changes: the value that the check's column has from here on, for rows whose value was redacted or replaced.
    """

    reasons: Mapping[int, Reason] = field(default_factory=dict[int, Reason])
    flags: Mapping[int, Reason] = field(default_factory=dict[int, Reason])
    scores: Scores | None = None
    changes: Mapping[int, Any] = field(default_factory=dict[int, Any])
