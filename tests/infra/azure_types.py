"""The types that Microsoft publishes for Azure Resource Manager, for tests that compare with them."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from textnlp_infra.checks.published_types import FOLDER, PublishedTypes

WHERE = "TEXTNLP_SCHEMAS"
SCHEMAS = Path(os.environ.get(WHERE) or "none")
TYPED = pytest.mark.skipif(
    not (SCHEMAS / FOLDER).is_dir(), reason=f"set {WHERE} to a folder with {FOLDER}/, made from Azure/bicep-types-az"
)


def body_faults(kind: str, body: Mapping[str, object]) -> list[str]:
    """Return what is wrong with the body of a resource, each with its place."""
    return [f"{what}; {advice}" for what, advice in PublishedTypes(SCHEMAS).body_faults(kind, body)]
