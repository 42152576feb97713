import json
from pathlib import Path

from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate, rendered, rendered_files, write_rendered


def test_the_same_environment_always_gives_the_same_text() -> None:
    first, second = (rendered(build_estate(environment("prod"))) for _ in range(2))
    assert first == second
    assert all(json.loads(text)["contentVersion"] == "1.0.0.0" for text in first.values())


def test_templates_of_stacks_that_are_gone_are_removed(tmp_path: Path) -> None:
    stale = tmp_path / "dev" / "gone.json"
    stale.parent.mkdir()
    stale.write_text("{}", encoding="utf-8")
    estate = build_estate(environment("dev"))
    written = write_rendered(estate, tmp_path)
    assert not stale.exists()
    assert {path.name: path.read_text(encoding="utf-8") for path in written} == rendered_files(estate)
