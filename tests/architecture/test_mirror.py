from pathlib import Path

from tests.architecture.source_tree import SOURCE, TESTS, SourceFile, planted, python_files, require_none, unneeded

_SMALLEST_TESTED = 30

_UNTESTED: dict[str, str] = {
    "textnlp/adapters/ray_engine/ray_checks.py": "acceptance/test_validate_on_ray.py",
    "textnlp/adapters/ray_engine/ray_text_index.py": "acceptance/test_validate_on_ray.py",
    "textnlp/adapters/ray_engine/tasks.py": "acceptance/test_validate_on_ray.py",
    "textnlp/bootstrap/check_hold.py": "acceptance/test_validate.py",
    "textnlp/bootstrap/duplicate_wiring.py": "acceptance/test_validate.py",
    "textnlp/domain/duplicates/keepers.py": "unit/domain/duplicates/test_clusters.py",
    "textnlp/domain/validation/reason.py": "unit/domain/reports/test_builder.py",
