"""The header that names who answered where a model has several deployments."""

from collections.abc import Iterable

_HEADER = "X-TextNLP-Deployment"


def deployment_header(deployments: Iterable[str]) -> dict[str, str]:
    """Return the header with the deployments that answered, none where the model is no alias."""
    named = sorted({name for name in deployments if name})
    return {_HEADER: ", ".join(named)} if named else {}
