"""Checks that need more than the row: a model, a service, code that is not ours, or files."""

from typing import Annotated, Any, Literal

from pydantic import Field

from textnlp.domain.part import Name, Part
from textnlp.domain.validation.column_check import ColumnCheck


class PerplexityCheck(ColumnCheck):
    """A language model does not find the text too surprising, nor too predictable; the score is its perplexity."""

    kind: Literal["perplexity"]
    low: Annotated[float, Field(ge=1)] | None = None
    """Below it a text is all too predictable, as what repeats itself is."""
    high: Annotated[float, Field(ge=1)] | None = None
    """Above it a text is all too surprising, as word salad is."""
    min_words: Annotated[int, Field(ge=0)] = 10
    """Texts of fewer words pass: the first words surprise any model."""
    model: str | None = None
    """The model that is asked; the platform's own where left out."""


class ContentSafetyCheck(ColumnCheck):
    """Azure AI Content Safety finds nothing grave; the score is the highest severity, 0 to 7."""

    kind: Literal["content_safety"]
    categories: Annotated[list[Literal["hate", "self_harm", "sexual", "violence"]], Field(min_length=1)] = [
        *("hate", "self_harm", "sexual", "violence"),
    ]
    """What is looked for."""
    max_severity: Annotated[int, Field(ge=0, le=6)] = 1
    """The highest severity that passes."""
    blocklists: list[str] = []
    """Lists of the service's own, whose terms are found as well."""


class HttpCheck(Part):
    """A service that is asked about rows over HTTP says that they are good; the score is what it gives."""

    kind: Literal["http"]
    url: Annotated[str, Field(max_length=2_000)]
    """Gets `{"rows": [...]}` and answers `{"results": [{"passed": true, "reason": null, "score": null}]}`."""
    columns: Annotated[list[Name], Field(min_length=1)]
    """The columns that are sent."""
    name: str = "http"
    """What its failures are counted under."""
    token_env: str | None = None
    """The environment variable with a bearer token for it."""
    rows_at_once: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Rows a request."""
    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 30


class PythonCheck(Part):
    """A function that an installed package offers under the entry point group `textnlp.checks` says that it is good."""

    kind: Literal["python"]
    function: str
    """The name of the entry point; it is called with the rows, a list of dicts, and `arguments` by name.

    It returns as many verdicts as rows: None where a row is good, a sentence where it is not, or
    `{"reason": …, "score": …}` with either of them left out.
    """
    columns: Annotated[list[Name], Field(min_length=1)]
    """The columns that it is given."""
    name: str | None = None
    """What its failures are counted under; the function where left out."""
    arguments: dict[str, Any] = {}
    """Handed over as they are."""


class DecontaminationCheck(Part):
    """The texts have no run of words in common with a benchmark; the score is the words of the longest."""

    kind: Literal["decontamination"]
    columns: Annotated[list[Name], Field(min_length=1)]
    """The columns whose texts are looked at, each by itself."""
    files: Annotated[list[str], Field(min_length=1)]
    """The benchmarks, beside the file of checks or the recipe: files of texts, or of rows whose texts all count."""
    name: str = "decontamination"
    """What its failures are counted under."""
    words: Annotated[int, Field(ge=1)] = 13
    """Words in a row that are too many in common, case and punctuation aside."""


OutsideCheck = PerplexityCheck | ContentSafetyCheck | HttpCheck | PythonCheck | DecontaminationCheck
"""Checks whose operators are made by whoever has the connections and the files."""
