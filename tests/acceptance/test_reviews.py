import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import CommandLine, Finished
from tests.acceptance.served_platform import serve_platform
from textnlp.client import AsyncClient
from textnlp.client.reviews_models import ReviewExportQuery

ROWS = [
    {"id": "k1", "prompt": "Praise a kettle.", "reply": "It boils fast.", "grade": {"score": 5}},
    {"id": "k2", "prompt": "Praise a lamp.", "reply": "It shine.", "grade": {"score": 2}},
    {"id": "k3", "prompt": "Praise a chair.", "reply": "It stands.", "grade": {"score": 3}},
]
REVIEW = """\
name: replies
overlap: 2
questions:
  quality: {kind: rating}
  better: {kind: edit, column: reply}
"""
MARKS = {"ada": (5, 2, 4), "ben": (5, 2, 1)}


class Reviewing:
    """A review that is made and answered by commands, here or on a platform."""

    def __init__(self, cli: CommandLine, folder: Path, *, server: str | None = None) -> None:
        self._cli = cli
        self._folder = folder
        self._server = [] if server is None else ["--server", server]

    async def run(self, command: str, *arguments: str | Path) -> Finished:
        finished = await self._cli.run("review", command, *arguments, *self._server)
        assert finished.exit_code == 0, finished.stderr
        return finished

    async def lines(self, command: str, *arguments: str | Path) -> list[dict[str, Any]]:
        found = await self.run(command, *arguments)
        return [json.loads(line) for line in found.stdout.splitlines()]

    async def answered(self) -> None:
        """Make the review, and let two people answer all of it."""
        rows = self._folder / "rows.jsonl"
        rows.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
        (self._folder / "review.yaml").write_text(REVIEW, encoding="utf-8")
        await self.run("create", self._folder / "review.yaml", rows)
        for who, marks in MARKS.items():
            for _ in marks:
                item = (await self.run("next", "replies", "--reviewer", who, "--json")).json()["item"]
                position = item["position"]
                values = [f"quality={marks[position]}", f"better={ROWS[position]['reply']} Yes."]
                await self.run("answer", "replies", str(position), *values, "--reviewer", who)

    async def check(self) -> None:
        """Follow the review to its end."""
        (disputed,) = await self.lines("items", "replies", "--state", "disputed", "--json")
        assert (disputed["id"], disputed["disputed"]) == ("k3", ["quality"])
        await self.run("decide", "replies", "2", "quality=4", "--reason", "It is true.")
        report = (await self.run("report", "replies", "--json")).json()
        assert report["progress"] == {"states": {"agreed": 2, "decided": 1}, "answers": 6}
        assert report["questions"]["quality"]["percent"]["value"] == pytest.approx(2 / 3)
        assert "alpha" in (await self.run("report", "replies")).stdout
        exported = await self.lines("export", "replies")
        assert [each["final"]["quality"] for each in exported] == [5, 2, 4]
        examples = await self.lines("export", "replies", "--format", "examples")
        assert examples[1] == {"id": "k2", "prompt": "Praise a lamp.", "reply": "It shine. Yes."}
        await self._check_calibration()

    async def _check_calibration(self) -> None:
        out = self._folder / "calibration.json"
        asked = ("--judge", "grade", "--question", "quality", "--good", "4", "--out", out)
        shown = (await self.run("calibrate", "replies", *asked)).stdout
        (judge,) = json.loads(out.read_text())["judges"]
        assert (judge["threshold"], judge["rows"], judge["f1"]) == (3.0, 3, 1.0)
        assert "3 rows, which is few" in shown


async def test_rows_are_reviewed_without_a_platform(tmp_path: Path) -> None:
    reviewing = Reviewing(CommandLine(tmp_path / "data"), tmp_path)
    await reviewing.answered()
    await reviewing.check()
    records = tmp_path / "argilla.json"
    await reviewing.run("export", "replies", "--format", "argilla", "--out", records)
    await reviewing.run("create", tmp_path / "review.yaml", records, "--from", "argilla")
    again = (await reviewing.run("report", "replies", "--json")).json()
    assert again["progress"] == {"states": {"agreed": 2, "disputed": 1}, "answers": 6}
    assert len(await reviewing.lines("list", "--json")) == 2


@pytest.mark.postgres
async def test_rows_are_reviewed_on_a_platform(database_url: str, tmp_path: Path) -> None:
    async with serve_platform(database_url, tmp_path / "platform") as (platform, served):
        cli = CommandLine(tmp_path / "data", more={"TEXTNLP_TOKEN": served.api_key})
        reviewing = Reviewing(cli, tmp_path, server=served.url)
        await reviewing.answered()
        await reviewing.check()
        assert not (tmp_path / "data" / "reviews").exists()
        await _review_a_batch(reviewing, cli, served.url, tmp_path)
        async with AsyncClient(served.url, token=served.api_key) as client:
            (newest, *_) = (await client.reviews.list()).reviews
            kept = await client.reviews.keep_export(newest.id, ReviewExportQuery())
        assert kept.path == f"validation/human-eval/{newest.id}/review.jsonl"
        assert (await platform.batch_ports.blobs.head(kept.path)).size_bytes == kept.size_bytes


async def _review_a_batch(reviewing: Reviewing, cli: CommandLine, server: str, folder: Path) -> None:
    """Answer two prompts as a batch, and put what was answered under review."""
    prompts = folder / "prompts.jsonl"
    prompts.write_text('{"id": "one", "prompt": "Praise a kettle."}\n{"prompt": "Praise a lamp."}\n', encoding="utf-8")
    submitted = await cli.run("batch", "submit", prompts, "--server", server)
    assert submitted.exit_code == 0, submitted.stderr
    batch_id = submitted.stdout.strip()
    watched = await cli.run("batch", "watch", batch_id, "--server", server)
    assert watched.exit_code == 0, watched.stderr
    (folder / "answers.yaml").write_text(
        "name: answers\nquestions:\n  better: {kind: edit, column: response}\n", encoding="utf-8"
    )
    await reviewing.run("create", folder / "answers.yaml", batch_id)
    items = await reviewing.lines("items", "answers", "--json")
    assert [(item["id"], item["row"]["prompt"]) for item in items] == [
        ("one", "Praise a kettle."),
        ("2", "Praise a lamp."),
    ]
    assert all(item["row"]["response"] for item in items)
    shown = (await reviewing.run("next", "answers")).stdout
    assert "Praise a kettle." in shown
    assert items[0]["row"]["model"] not in shown
