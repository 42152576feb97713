import json
from pathlib import Path
from typing import Any, cast

from textnlp_infra.environments import environment
from textnlp_infra.estate import build_estate, rendered, rendered_files, write_rendered


def test_the_same_environment_always_gives_the_same_text() -> None:
    first, second = (rendered(build_estate(environment("prod"))) for _ in range(2))
    assert first == second
    assert all(json.loads(text)["contentVersion"] == "1.0.0.0" for text in first.values())


def test_two_environments_in_one_subscription_do_not_meet() -> None:
    named: dict[str, set[tuple[str, ...]]] = {}
    for name in ("dev", "prod"):
        made = [
            item
            for stack in build_estate(environment(name)).stacks
            for item in cast("Any", stack.template())["resources"]
        ]
        named[name] = {(item["type"], item.get("resourceGroup", ""), item["name"]) for item in made}
        named[name] |= {
            (item["type"], "", item["name"])
            for outer in made
            if "resourceGroup" not in outer and "template" in outer.get("properties", {})
            for item in outer["properties"]["template"]["resources"]
        }
    assert named["dev"] & named["prod"] == set()


def test_templates_of_stacks_that_are_gone_are_removed(tmp_path: Path) -> None:
    stale = tmp_path / "dev" / "gone.json"
    stale.parent.mkdir()
    stale.write_text("{}", encoding="utf-8")
    estate = build_estate(environment("dev"))
    written = write_rendered(estate, tmp_path)
    assert not stale.exists()
    assert {path.name: path.read_text(encoding="utf-8") for path in written} == rendered_files(estate)
