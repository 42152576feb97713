"""A recipe: the description of a dataset, from which it is made."""

import hashlib
from typing import Annotated, Any

import msgspec
from pydantic import Field

from textnlp.domain.part import MAX_COLUMNS, Name, Part
from textnlp.domain.recipes.acceptance import Acceptance
from textnlp.domain.recipes.judge_columns import JudgeColumn, PairwiseColumn, Panel, RankColumn
from textnlp.domain.recipes.model_columns import (
    CodeColumn,
    ConversationColumn,
    EmbedColumn,
    StructuredColumn,
    TextColumn,
    ToolCallsColumn,
)
from textnlp.domain.recipes.models import ModelAlias
from textnlp.domain.recipes.output import Output
from textnlp.domain.recipes.sampler_columns import (
    BernoulliColumn,
    CategoryColumn,
    DatetimeColumn,
    GaussianColumn,
    PersonColumn,
    PickColumn,
    PoissonColumn,
    QuotaColumn,
    SubcategoryColumn,
    TimedeltaColumn,
    UniformColumn,
    UuidColumn,
    ZipfColumn,
)
from textnlp.domain.recipes.seeds import Seeds
from textnlp.domain.recipes.step_columns import (
    ExpandStep,
    ExpressionColumn,
    FilterStep,
    PythonColumn,
    SubsampleStep,
    ValidateColumn,
)
from textnlp.domain.validation.checks import Check

FINGERPRINT_VERSION = 1
DEFAULT_ALIAS = "default"

DrawnColumn = (
    CategoryColumn
    | SubcategoryColumn
    | UniformColumn
    | GaussianColumn
    | PoissonColumn
    | BernoulliColumn
    | ZipfColumn
    | DatetimeColumn
    | TimedeltaColumn
    | UuidColumn
    | PersonColumn
    | PickColumn
    | QuotaColumn
)
"""A column whose values are drawn."""

AskedColumn = (
    TextColumn
    | StructuredColumn
    | CodeColumn
    | JudgeColumn
    | PairwiseColumn
    | RankColumn
    | EmbedColumn
    | ConversationColumn
    | ToolCallsColumn
)
"""A column that asks a model."""

Step = ExpressionColumn | ValidateColumn | PythonColumn | ExpandStep | FilterStep | SubsampleStep
"""A column that is worked out, or a step that changes the number of rows."""

Column = Annotated[DrawnColumn | AskedColumn | Step, Field(discriminator="kind")]
"""A column or step, told by its `kind`."""


class Recipe(Part):
    """The description of a dataset; the order of columns follows from what refers to what."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
    """What the dataset is called: lower case, digits, hyphens."""
    description: str = ""
    """What the dataset is for; the card begins with it."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Decides everything that is drawn, and is sent with every call."""
    models: dict[Name, ModelAlias] = {}
    """Models by the names that columns use; the default model as `default` where left out."""
    seeds: Seeds | None = None
    """What rows begin with."""
    columns: Annotated[dict[Name, Column], Field(min_length=1, max_length=MAX_COLUMNS)]
    """Columns and steps by name."""
    checks: list[Check] = []
    """What a row must be like."""
    accept: Acceptance = Acceptance()
    """How many rows are wanted, and when to stop."""
    output: Output = Output()
    """How the dataset is written."""
    concurrency: Annotated[int, Field(ge=1, le=4_096)] | None = None
    """Calls in flight at most; not part of the fingerprint."""

    def alias(self, name: str | None) -> ModelAlias:
        """Return the model that a column names, the first one where it names none."""
        if name is None:
            return next(iter(self.models.values()), ModelAlias())
        return self.models[name]

    def wanting(self, rows: int | None) -> "Recipe":
        """Return the recipe with another number of accepted rows, or itself for None.

        Numbers that `Acceptance` would refuse have to be refused before.
        """
        if rows is None:
            return self
        return self.model_copy(update={"accept": self.accept.model_copy(update={"rows": rows})})

    @property
    def fingerprint(self) -> str:
        """What decides the rows, as `1:` and 32 hexadecimal digits.

        Rows wanted, limits, output, concurrency and time-outs are left out: a run with another number of rows is the
        same run, further on.
        """
        encoded = msgspec.json.encode(self.essence(), order="sorted")
        return f"{FINGERPRINT_VERSION}:{hashlib.blake2b(encoded, digest_size=16).hexdigest()}"

    def essence(self) -> dict[str, Any]:
        """Return the parts that decide the rows, in JSON's own types.

        What is said of panels is left out of rubrics that one model scores by, for it decides nothing there.
        """
        alone = {name for name, column in self.columns.items() if isinstance(column, JudgeColumn) and not column.models}
        return self.model_dump(
            mode="json",
            by_alias=True,
            include={"seed", "models", "seeds", "columns", "checks", "accept"},
            exclude={
                "columns": {name: {*Panel.model_fields, "combine"} for name in alone},
                "models": {alias: {"timeout_seconds", "route"} for alias in self.models},
                "accept": {"rows", "max_candidates", "max_cost", "max_seconds", "max_error_rate", "max_drift"},
            },
        )
