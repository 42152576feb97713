"""Take in a recipe whose rows the platform is to make."""

from textnlp.application.dataset_ports import DatasetPorts
from textnlp.domain.datasets.paths import recipe_path
from textnlp.domain.datasets.stored_run import StoredRun
from textnlp.domain.identifiers import new_run_id
from textnlp.domain.identity.tenant import Owner
from textnlp.domain.recipes.recipe import Recipe


async def submit_dataset(
    ports: DatasetPorts, recipe: Recipe, *, encoded: bytes, model: str, endpoint: str, owner: Owner
) -> StoredRun:
    """Store a recipe that was looked at, and a run of it that the keeper takes up; return the run.

    `encoded` is the recipe as workers read it, with its templates' versions.
    """
    now = ports.batches.clock.now()
    run_id = new_run_id(now)
    path = recipe_path(run_id)
    await ports.batches.blobs.put(path, encoded)
    run = StoredRun(
        id=run_id,
        name=recipe.name,
        tenant=owner.tenant,
        caller=owner.caller,
        model=model,
        endpoint=endpoint,
        rows=recipe.accept.rows,
        recipe_path=path,
        created_at=now,
    )
    await ports.store.create(run)
    return run
