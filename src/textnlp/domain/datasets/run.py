"""A dataset in the making."""

from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.identifiers import RunId
from textnlp.domain.identity.tenant import LOCAL_OWNER, Owner
from textnlp.domain.recipes.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRun:
    """The making of a dataset from one recipe; another fingerprint is another run.

    Attributes:
        recipe_path: blob with the recipe, in JSON, for whoever makes its candidates.
        model: asked where an alias names none.
        endpoint: where models are asked, as batches name it.
        owner: whose it is, and who is charged.
    """

    id: RunId
    recipe: Recipe
    recipe_path: str
    model: str
    endpoint: str
    created_at: datetime
    owner: Owner = LOCAL_OWNER

    def round_source(self, number: int) -> str:
        """Return what tells the batch of a round from all others."""
        return round_source(self.id, number)


def round_source(run_id: RunId, number: int) -> str:
    """Return what tells the batch of a run's round from all others."""
    return f"{run_id}/{number}"
