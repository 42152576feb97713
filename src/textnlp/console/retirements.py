"""Until when a model can be asked, as its provider has published."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.models import ModelVersion


def version_of(model: str) -> ModelVersion | None:
    """Return the declared version that a name stands for, None for a name that no declared one has.

    A name is that of a declared deployment, or that of a model with or without its version.
    """
    deployed = next((each for each in TOPOLOGY.model_deployments if each.name == model), None)
    name, version = (model, None) if deployed is None else (deployed.model, deployed.version)
    for each in TOPOLOGY.model_versions:
        if f"{each.name}-{each.version}" == name or (each.name == name and version in (None, each.version)):
            return each
    return None
