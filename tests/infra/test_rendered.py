from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT
from tests.snapshots import require_snapshot
from textnlp_infra.environments import ENVIRONMENTS, Environment
from textnlp_infra.estate import build_estate, rendered_files

_FOLDER = ROOT / "infra" / "rendered"


def _files(environment: Environment) -> dict[Path, str]:
    return {_FOLDER / environment.name / name: text for name, text in rendered_files(build_estate(environment)).items()}


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda known: known.name)
def test_the_committed_templates_are_what_the_code_renders(environment: Environment) -> None:
    files = _files(environment)
    assert set(files) == set((_FOLDER / environment.name).glob("*")), "run: textnlp azure render"
    for path, text in files.items():
        require_snapshot(path, text)
