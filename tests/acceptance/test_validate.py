"""Rows with planted faults, looked at by command, over HTTP and in a recipe: the same verdicts everywhere."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.acceptance.command_line import CommandLine, read_lines
from tests.acceptance.served_platform import ServedPlatform, serve_platform

EXAMPLES = Path(__file__).parents[2] / "examples"
ROWS, CHECKS = EXAMPLES / "rows" / "every-fault.jsonl", EXAMPLES / "every-check.yaml"
FILES = ["accepted.jsonl", "errors.jsonl", "rejected.jsonl", "report.html", "report.json"]
READABLE: list[dict[str, Any]] = [json.loads(line) for line in ROWS.read_text().splitlines() if line.endswith("}")]
PLANTED = {row["id"]: row["planted"] for row in READABLE if row["planted"] is not None}
"""By id, the check that a row was made to fail."""


def _sent_checks() -> dict[str, Any]:
    """Return the checks but the one that needs a file of this machine."""
    checks: dict[str, Any] = yaml.safe_load(CHECKS.read_text())
    kept = [check for check in checks["checks"] if check["kind"] != "decontamination"]
    return {**checks, "checks": kept}


def _codes(reasons: list[dict[str, Any]]) -> list[str]:
    return [reason["code"] for reason in reasons]


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncGenerator[ServedPlatform]:
    async with serve_platform(database_url, tmp_path / "data") as (_, served):
        yield served


@pytest.mark.parametrize("processes", ["1", "2"])
async def test_a_planted_fault_of_every_kind_is_found_and_the_balance_adds_up(
    processes: str, command_line: CommandLine, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = await command_line.run("validate", ROWS, "--checks", CHECKS, "--out", out, "--processes", processes)

    assert done.exit_code == 3, done.stderr
    assert "33 rows = 5 accepted + 27 rejected + 1 failed" in done.stdout
    rejected = {row["values"]["id"]: _codes(row["reasons"]) for row in read_lines(out / "rejected.jsonl")}
    assert set(rejected) == set(PLANTED)
    assert {row: code for row, code in PLANTED.items() if code not in rejected[row]} == {}
    declared = {check.get("name") or check["kind"] for check in yaml.safe_load(CHECKS.read_text())["checks"]}
    assert {code.split(":")[0] for code in PLANTED.values()} == {*declared, "duplicate"}
    assert [row["planted"] for row in read_lines(out / "accepted.jsonl")] == [None] * 5
    (bad,) = read_lines(out / "errors.jsonl")
    assert (bad["row"], bad["line"]) == (32, 32)
    report = json.loads((out / "report.json").read_text())
    assert report["rows"] == report["accepted"] + report["rejected"] + report["failed"] == 33
    page = (out / "report.html").read_text()
    assert "every-fault.jsonl" in page
    assert "<script" not in page
    assert sorted(file.name for file in out.iterdir()) == FILES


async def test_too_few_good_rows_end_with_four_and_an_unknown_check_is_told(
    command_line: CommandLine, tmp_path: Path
) -> None:
    strict = await command_line.run("validate", ROWS, "--checks", CHECKS, "--out", tmp_path, "--fail-under", "0.9")
    assert strict.exit_code == 4
    assert "15.2% of the rows are good, 90.0% are wanted" in strict.stderr

    wrong = tmp_path / "checks.yaml"
    wrong.write_text("checks:\n  - {kind: langage, column: answer}\n")
    refused = await command_line.run("validate", ROWS, "--checks", wrong, "--out", tmp_path / "x")
    assert refused.exit_code == 2
    assert "checks.yaml:2:" in refused.stderr
    assert "did you mean 'language'" in refused.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.postgres
async def test_http_and_a_recipe_say_the_same_of_the_same_rows(
    served: ServedPlatform, command_line: CommandLine, tmp_path: Path
) -> None:
    checks = _sent_checks()
    (tmp_path / "checks.yaml").write_text(yaml.safe_dump(checks))
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in READABLE))
    told = ("validate", tmp_path / "rows.jsonl", "--checks", tmp_path / "checks.yaml", "--out", tmp_path / "out")
    assert (await command_line.run(*told)).exit_code == 0
    expected = {row["values"]["id"]: _codes(row["reasons"]) for row in read_lines(tmp_path / "out" / "rejected.jsonl")}
    assert len(expected) == len(PLANTED) - 1

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session:
        body = {"rows": READABLE, "checks": checks}
        async with session.post(f"{served.url}/api/v1/validate", json=body) as response:
            answer = await response.json()
        wrong = {"rows": READABLE, "checks": {"checks": [{"kind": "length", "colum": "answer"}]}}
        async with session.post(f"{served.url}/api/v1/validate", json=wrong) as response:
            assert response.status == 422
            assert "did you mean 'column'" in await response.text()
    verdicts: dict[int, list[str]] = {
        READABLE[each["row"]]["id"]: _codes(each["reasons"]) for each in answer["verdicts"]
    }
    assert {row: codes for row, codes in verdicts.items() if codes} == expected

    document = {
        "name": "answers",
        "seeds": {"kind": "rows", "path": str(tmp_path / "rows.jsonl")},
        "columns": {"shown": {"kind": "expression", "value": "{{ answer }}"}},
        "checks": checks["checks"],
        "accept": {"rows": 6, "duplicates": checks["duplicates"], "max_candidates": len(READABLE)},
    }
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(json.dumps(document))
    made = await command_line.run("run", recipe, "--out", tmp_path / "made", "--model", "scripted", "--quiet")
    assert made.exit_code == 0, made.stderr
    turned_away = read_lines(tmp_path / "made" / "v1" / "rejected.jsonl")
    assert {row["values"]["id"]: _codes(row["reasons"]) for row in turned_away} == expected


@pytest.mark.postgres
async def test_the_workers_of_a_platform_leave_the_files_that_the_command_leaves(
    served: ServedPlatform, command_line: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "checks.yaml").write_text(yaml.safe_dump(_sent_checks()))
    asked = ("validate", ROWS, "--checks", tmp_path / "checks.yaml", "--out")
    here = await command_line.run(*asked, tmp_path / "here")
    there = await command_line.run(*asked, tmp_path / "there", "--server", served.url, TEXTNLP_TOKEN=served.api_key)

    assert (here.exit_code, there.exit_code) == (3, 3), there.stderr
    assert here.stdout.replace("here/", "there/") == there.stdout
    names = sorted(file.name for file in (tmp_path / "here").iterdir())
    assert sorted(file.name for file in (tmp_path / "there").iterdir()) == names
    for name in set(names) - {"report.html"}:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes(), name
    assert "every-fault.jsonl" in (tmp_path / "there" / "report.html").read_text()


@pytest.mark.postgres
async def test_what_a_platform_cannot_look_at_is_told_as_the_command_tells_it(
    served: ServedPlatform, command_line: CommandLine, tmp_path: Path
) -> None:
    numbers = tmp_path / "numbers.jsonl"
    numbers.write_text('{"n": 1}\n')
    here = await command_line.run("validate", numbers, "--out", tmp_path / "out")
    there = await command_line.run(
        *("validate", numbers, "--out", tmp_path / "out", "--server", served.url), TEXTNLP_TOKEN=served.api_key
    )
    assert (here.exit_code, there.exit_code) == (2, 2)
    assert "has no column of texts" in here.stderr
    assert "has no column of texts" in there.stderr
    assert not (tmp_path / "out").exists()
    folder = await command_line.run("validate", tmp_path, "--out", tmp_path / "out", "--server", served.url)
    assert folder.exit_code == 2
    assert "one file at a time" in folder.stderr


async def test_rows_repeat_neither_a_benchmark_nor_earlier_rows_and_the_longest_is_kept(
    command_line: CommandLine, tmp_path: Path
) -> None:
    question = "which of the planets of the solar system has the shortest day of all and why is that so"
    text = "the tram was late again this morning because of the snow on the line"
    rows = [{"text": f"Tell me: {question}?"}, {"text": text}, {"text": f"{text} they say"}, {"text": "a new thought"}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"text": "an old thought"}]))
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "test.jsonl").write_text(json.dumps({"question": question}) + "\n")
    (tmp_path / "old.csv").write_text("text\nsomething else\nAn OLD thought\n")
    checks = {
        "checks": [{"kind": "decontamination", "columns": ["text"], "files": ["bench"]}],
        "duplicates": {"columns": ["text"], "threshold": 0.6, "keep": "longest"},
    }
    (tmp_path / "checks.yaml").write_text(yaml.safe_dump(checks))
    out = tmp_path / "out"
    arguments = ("--checks", tmp_path / "checks.yaml", "--against", tmp_path / "old.csv", "--out", out, "--json")
    done = await command_line.run("validate", tmp_path / "rows.jsonl", *arguments)

    assert done.exit_code == 0, done.stderr
    told = {row["row"]: row["reasons"][0]["message"] for row in read_lines(out / "rejected.jsonl")}
    assert told.pop(1).startswith("text has 19 words in common with test.jsonl, line 1")
    assert told.pop(5) == f"It says what row 2 of {tmp_path / 'old.csv'} says."
    assert told == {2: "It says nearly what row 3 says (rows.jsonl, line 3; similarity 0.86)."}
    page = (out / "report.html").read_text()
    assert "Contamination and leakage" in page
    assert json.loads(done.stdout)["accepted"] == 2


@pytest.mark.postgres
async def test_nobody_elsewhere_names_files_of_the_server(served: ServedPlatform) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"duplicates": {"columns": ["text"], "against": ["/etc/passwd"]}}, "checks.duplicates.against"),
        (
            {"checks": [{"kind": "decontamination", "columns": ["text"], "files": ["/etc/passwd"]}]},
            "checks.checks[0].files",
        ),
    ]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session:
        for checks, field in refused:
            body = {"rows": [{"text": "x"}], "checks": checks}
            async with session.post(f"{served.url}/api/v1/validate", json=body) as response:
                assert response.status == 422
                assert field in await response.text()


@pytest.mark.model
async def test_texts_that_mean_the_same_are_told_by_the_model_of_this_machine(
    command_line: CommandLine, tmp_path: Path
) -> None:
    texts = [
        "The parcel will arrive on Tuesday morning.",
        "Your package is going to be delivered on Tuesday in the morning.",
        "Rinse the kettle twice with fresh water.",
        "word " * 2_000,
        "%&$§ " * 500,
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    checks = {"duplicates": {"columns": ["text"], "method": "semantic", "threshold": 0.7}}
    (tmp_path / "checks.json").write_text(json.dumps(checks))
    out = tmp_path / "out"
    asked = ("validate", tmp_path / "rows.jsonl", "--checks", tmp_path / "checks.json", "--out", out)
    done = await command_line.run(*asked)
    assert done.exit_code == 0, done.stderr
    (rejected,) = read_lines(out / "rejected.jsonl")
    assert (rejected["row"], rejected["reasons"][0]["code"]) == (2, "duplicate")
    assert rejected["reasons"][0]["message"].startswith(
        "It says nearly what row 1 says (rows.jsonl, line 1; similarity 0."
    )
