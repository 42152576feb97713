"""Datasets made with the real command: exactly so many rows, signed, replayed, and changed column by column."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import CommandLine, read_lines
from tests.doubles.openai_server import OpenAIStub

pytestmark = [pytest.mark.postgres]

REVIEWS: dict[str, Any] = {
    "name": "reviews",
    "seed": 7,
    "models": {"default": {"temperature": 0.7, "max_tokens": 200}},
    "columns": {
        "product": {"kind": "category", "values": ["kettle", "toaster", "lamp"]},
        "review": {"kind": "text", "prompt": "Review a {{ product }}."},
        "verdict": {
            "kind": "judge",
            "prompt": "The review: {{ review }}",
            "scores": {"clarity": {"description": "Is it clear?"}},
        },
    },
    "checks": [{"kind": "length", "column": "review", "min_words": 3}],
    "accept": {"rows": 25, "where": "verdict.clarity.score >= 3"},
    "output": {"splits": {"train": 0.8, "test": 0.2}},
}


def write_recipe(folder: Path, document: dict[str, Any] = REVIEWS, **parts: Any) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(json.dumps({**document, **parts}))
    return path


def accepted(version: Path) -> list[dict[str, Any]]:
    return [row for path in sorted((version / "data").glob("*.jsonl")) for row in read_lines(path)]


async def test_a_recipe_makes_exactly_its_rows_signed_and_any_changed_byte_is_named(
    command_line: CommandLine, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    made = await command_line.run("run", write_recipe(tmp_path), "--out", out, "--model", "scripted", "--json")

    assert made.exit_code == 0, made.stderr
    summary = made.json()
    version = out / "v1"
    rows = accepted(version)
    assert len(rows) == summary["accepted"] == 25
    assert all(row["verdict"]["clarity"]["score"] >= 3 for row in rows)
    assert summary["rejected"] > 0
    assert summary["reasons"][0]["code"] == "accept"
    assert "25" in (version / "README.md").read_text()
    assert (await command_line.run("dataset", "verify", out)).exit_code == 0
    for name in ("data/train.parquet", "rejected.jsonl", "report.html"):
        whole = (version / name).read_bytes()
        (version / name).write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        tampered = await command_line.run("dataset", "verify", out)
        assert tampered.exit_code == 1
        assert name in tampered.stdout
        (version / name).write_bytes(whole)


async def test_running_again_changes_nothing_and_more_rows_make_another_version_that_begins_alike(
    command_line: CommandLine, tmp_path: Path
) -> None:
    recipe, out = write_recipe(tmp_path), tmp_path / "out"
    asked = ("run", recipe, "--out", out, "--model", "scripted", "--json")
    await command_line.run(*asked)

    again = await command_line.run(*asked)
    more = await command_line.run(*asked, "--rows", "40")

    assert again.json()["was_there"] is True
    assert not (out / "v3").exists()
    assert more.json()["version"] == 2
    first = {row["id"]: row for row in accepted(out / "v1")}
    second = {row["id"]: row for row in accepted(out / "v2")}
    assert len(second) == 40
    assert first.items() <= second.items()


async def test_a_row_is_replayed_exactly(command_line: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await command_line.run("run", write_recipe(tmp_path), "--out", out, "--model", "scripted", "-q")
    row = accepted(out / "v1")[3]["id"]

    same = await command_line.run("dataset", "replay", out, "--row", row, "--model", "scripted")

    assert same.exit_code == 0, same.stderr
    assert f"Row {row} came out the same" in same.stdout


async def test_a_limit_leaves_what_was_accepted_and_code_4(command_line: CommandLine, tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, accept={"rows": 500, "where": "product == 'lamp'", "max_candidates": 40})
    out = tmp_path / "out"

    stopped = await command_line.run("run", recipe, "--out", out, "--model", "scripted", "--json")

    assert stopped.exit_code == 4
    assert stopped.json()["stopped_by"].startswith("max_candidates")
    assert len(accepted(out / "v1")) == stopped.json()["accepted"] > 0
    assert (await command_line.run("dataset", "verify", out)).exit_code == 0


async def test_changing_one_column_asks_for_it_and_what_needs_it_only(
    command_line: CommandLine, tmp_path: Path
) -> None:
    columns = {
        "product": {"kind": "uuid"},
        "review": {"kind": "text", "prompt": "Review {{ product }}."},
        "title": {"kind": "text", "prompt": "Title for {{ product }}."},
        "reply": {"kind": "text", "prompt": "Reply to: {{ review }}"},
    }
    changed = {**columns, "review": {"kind": "text", "prompt": "Praise {{ product }}."}}
    out = tmp_path / "out"
    async with OpenAIStub() as stub:
        asked = ("--out", out, "--base-url", stub.base_url, "--model", "stub", "-q")
        document = {"name": "products", "accept": {"rows": 20}}
        first = await command_line.run("run", write_recipe(tmp_path, document, columns=columns), *asked)
        assert first.exit_code == 0, first.stderr
        before = dict(stub.stats.calls_by_prompt)
        second = await command_line.run("run", write_recipe(tmp_path, document, columns=changed), *asked)
        assert second.exit_code == 0, second.stderr
        asked_anew = Counter(
            {prompt: count - before.get(prompt, 0) for prompt, count in stub.stats.calls_by_prompt.items()}
        )

    assert sum(before.values()) == 60
    assert Counter(prompt.split()[0] for prompt in asked_anew.elements()) == {"Praise": 20, "Reply": 20}
    old, new = accepted(out / "v1"), accepted(out / "v2")
    assert [row["title"] for row in old] == [row["title"] for row in new]
    assert [row["review"] for row in old] != [row["review"] for row in new]


async def test_an_estimate_asks_nothing_and_holds_what_the_run_then_takes(
    command_line: CommandLine, tmp_path: Path
) -> None:
    recipe = write_recipe(tmp_path)
    asked = ("run", recipe, "--model", "scripted", "--json")

    dry = (await command_line.run(*asked, "--dry-run")).json()
    probed = (await command_line.run(*asked, "--estimate-from", "30")).json()
    made = (await command_line.run(*asked, "--out", tmp_path / "out", "--no-cache")).json()

    calls = sum(model["calls"] for model in made["models"])
    tokens = sum(model["prompt_tokens"] + model["completion_tokens"] for model in made["models"])
    for estimate in (dry, probed):
        assert estimate["calls"]["low"] <= calls <= estimate["calls"]["high"]
        low, high = (estimate["prompt_tokens"][end] + estimate["completion_tokens"][end] for end in ("low", "high"))
        assert low <= tokens <= high


async def test_a_preview_shows_prompts_answers_and_what_checks_found(command_line: CommandLine, tmp_path: Path) -> None:
    shown = await command_line.run("run", write_recipe(tmp_path), "--model", "scripted", "--preview", "3")

    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.count("row ") >= 3
    assert "user: Review a " in shown.stdout


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("name", ["customer-reviews", "classification", "summaries"])
async def test_a_ready_recipe_runs_by_name_with_the_embedded_model(
    name: str, command_line: CommandLine, tmp_path: Path
) -> None:
    out = tmp_path / "out"

    made = await command_line.run("run", name, "--rows", "3", "--out", out, "--json")

    assert made.exit_code == 0, made.stderr
    assert len(accepted(out / "v1")) == 3
    assert made.json()["models"][0]["model"] == "smollm2-135m"
    assert (await command_line.run("dataset", "verify", out)).exit_code == 0


async def test_a_fault_of_a_recipe_is_told_with_its_place(command_line: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("name: reviews\ncolumns:\n  review:\n    kind: text\n    promt: Review.\n")

    refused = await command_line.run("run", path, "--check")

    assert refused.exit_code == 2
    assert "recipe.yaml:5:5" in refused.stderr
    assert "did you mean 'prompt'" in refused.stderr.replace('"', "'")
