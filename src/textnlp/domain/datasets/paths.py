"""Where the blobs of a dataset lie."""

from textnlp.domain.identifiers import RunId
from textnlp.topology.containers import GENERATIONS_BATCH, PROMPTS_USER_CONTENT


def recipe_path(run: RunId) -> str:
    """Return the blob with a run's recipe, beside the requests of its rounds: whoever answers them reads both."""
    return f"{GENERATIONS_BATCH}/{run}/recipe.json"


def seeds_prefix(tenant: str) -> str:
    """Return the folder of the seeds that recipes of a tenant may name, ending in `/`."""
    return f"{PROMPTS_USER_CONTENT}/seeds/{tenant}/"
