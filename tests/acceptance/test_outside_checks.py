"""Rows that a function, a service and a model are asked about: the same verdicts by command, over HTTP, in a recipe."""

import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.command_line import CommandLine, read_lines
from tests.acceptance.served_platform import ServedPlatform, serve_platform
from tests.doubles.row_service import RowJudgeService
from textnlp.settings import Settings

CODE = '''
def no_shouting(rows, *, most):
    """Reject texts with more exclamation marks than `most`."""
    return [
        {"reason": f"It shouts {row['text'].count('!')} times." if row["text"].count("!") > most else None, "score": 1}
        for row in rows
    ]
'''
ROWS: list[dict[str, Any]] = [
    {"id": 2, "text": "Buy this kettle! It is the best! You will never want another one again!"},
    {"id": 3, "text": "This kettle is a bad one, since its lid breaks off within a few weeks of use."},
    {"id": 4, "text": "kettle kettle kettle kettle kettle kettle kettle kettle kettle kettle kettle"},
    {"id": 1, "text": "The kettle boils water within three minutes and then switches itself off."},
]
EXPECTED = {2: "no_shouting", 3: "judge", 4: "perplexity:text"}
BEARER = "a-secret-token"


def checks(url: str, **given: Any) -> dict[str, Any]:
    return {
        "checks": [
            {"kind": "python", "function": "no_shouting", "columns": ["text"], "arguments": {"most": 1}},
            {"kind": "http", "url": url, "columns": ["text"], "name": "judge", "rows_at_once": 2, **given},
            {"kind": "perplexity", "column": "text", "model": "scripted", "low": 2},
        ]
    }


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an installed package that offers a check."""
    folder = tmp_path / "packages"
    described = folder / "shop_checks-1.2.dist-info"
    described.mkdir(parents=True)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-checks\nVersion: 1.2\n")
    (described / "entry_points.txt").write_text("[textnlp.checks]\nno_shouting = shop_checks:no_shouting\n")
    (folder / "shop_checks.py").write_text(CODE)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return folder


@pytest.fixture
def command_line(tmp_path: Path, package: Path) -> CommandLine:
    return CommandLine(tmp_path / "data", more={"PYTHONPATH": str(package), "JUDGE_TOKEN": BEARER})


@pytest.fixture
async def served(database_url: str, tmp_path: Path, package: Path) -> AsyncGenerator[ServedPlatform]:
    assert package.name == "packages"
    settings = Settings(
        data_dir=tmp_path / "data", database_url=database_url, model="scripted", allow_private_webhooks=True
    )
    async with serve_platform(database_url, tmp_path / "data", settings=settings) as (_, served):
        yield served


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.mark.postgres
async def test_the_verdicts_are_the_same_by_command_over_http_and_in_a_recipe(
    served: ServedPlatform, command_line: CommandLine, rows: Path, tmp_path: Path
) -> None:
    async with RowJudgeService() as service:
        file = tmp_path / "checks.yaml"
        file.write_text(json.dumps(checks(service.url, token_env="JUDGE_TOKEN")))  # noqa: S106  a variable's name
        done = await command_line.run("validate", rows, "--checks", file, "--out", tmp_path / "out", "--processes", "2")
        assert done.exit_code == 0, done.stderr
        rejected = read_lines(tmp_path / "out" / "rejected.jsonl")
        assert {row["values"]["id"]: [each["code"] for each in row["reasons"]] for row in rejected} == {
            number: [code] for number, code in EXPECTED.items()
        }
        assert {headers["Authorization"] for headers in service.headers} == {f"Bearer {BEARER}"}
        scores = {row["values"]["id"]: row["scores"] for row in rejected}
        assert set(scores[2]) == {"no_shouting", "judge", "perplexity:text"}

        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session,
            session.post(
                f"{served.url}/api/v1/validate", json={"rows": ROWS, "checks": checks(service.url)}
            ) as response,
        ):
            answer: dict[str, Any] = await response.json()
            assert response.status == 200, answer
        verdicts: list[dict[str, Any]] = answer["verdicts"]
        over_http: dict[int, str] = {
            ROWS[each["row"]]["id"]: each["reasons"][0]["code"] for each in verdicts if each["reasons"]
        }
        assert over_http == EXPECTED

        recipe = tmp_path / "recipe.yaml"
        document = {
            "name": "texts",
            "seeds": {"kind": "rows", "path": str(rows)},
            "columns": {"shown": {"kind": "expression", "value": "{{ text }}"}},
            **checks(service.url),
            "accept": {"rows": 1, "max_candidates": len(ROWS)},
        }
        recipe.write_text(json.dumps(document))
        made = await command_line.run("run", recipe, "--out", tmp_path / "made", "--model", "scripted", "--quiet")
        assert made.exit_code == 0, made.stderr
    turned_away = read_lines(tmp_path / "made" / "v1" / "rejected.jsonl")
    assert {row["values"]["id"]: row["reasons"][0]["code"] for row in turned_away} == EXPECTED
    for told in (done, made):
        assert BEARER not in told.stdout + told.stderr


async def test_a_service_that_judges_nothing_ends_the_command_and_fails_the_rows_of_a_recipe(
    command_line: CommandLine, rows: Path, tmp_path: Path
) -> None:
    async with RowJudgeService(*[404] * 20) as service:
        file = tmp_path / "checks.yaml"
        file.write_text(json.dumps(checks(service.url, token_env="JUDGE_TOKEN")))  # noqa: S106  a variable's name
        done = await command_line.run("validate", rows, "--checks", file, "--out", tmp_path / "out")
        assert done.exit_code == 1
        assert "did not judge the rows: it answered 404" in done.stderr
        assert not list((tmp_path / "out").glob("*.jsonl"))
        assert BEARER not in done.stderr

        recipe = tmp_path / "recipe.yaml"
        document = {
            "name": "texts",
            "seeds": {"kind": "rows", "path": str(rows)},
            "columns": {"shown": {"kind": "expression", "value": "{{ text }}"}},
            **checks(service.url),
            "accept": {"rows": 1, "max_candidates": len(ROWS)},
        }
        recipe.write_text(json.dumps(document))
        made = await command_line.run("run", recipe, "--out", tmp_path / "made", "--model", "scripted", "--quiet")
    assert made.exit_code != 0
    assert "404" in (tmp_path / "made" / "v1" / "failed.jsonl").read_text()


@pytest.mark.postgres
async def test_a_stranger_may_neither_reach_the_network_of_the_server_nor_get_its_secrets(
    database_url: str, command_line: CommandLine, tmp_path: Path
) -> None:
    assert command_line.data_dir
    async with (
        RowJudgeService() as service,
        serve_platform(database_url, tmp_path / "data") as (_, served),
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session,
    ):
        wanted = (
            (checks(service.url), "checks.checks[1].url"),
            (checks("https://127.0.0.1/"), "checks.checks[1].url"),
            (checks("https://example.org/", token_env="HOME"), "checks.checks[1].token_env"),  # noqa: S106  as above
        )
        for sent, field in wanted:
            async with session.post(f"{served.url}/api/v1/validate", json={"rows": ROWS, "checks": sent}) as response:
                assert response.status == 422, await response.text()
                assert field in await response.text()
        assert service.requests == 0
