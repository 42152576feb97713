"""The same rows looked at on one machine and on two."""

import asyncio
import json
import os
import random
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.acceptance.command_line import CommandLine, Finished
from tests.acceptance.machine_lock import RAY, machine_lock
from tests.acceptance.ray_nodes import RayNodes, ray_nodes
from textnlp.adapters.ray_engine.ray_checks import RayChecks
from textnlp.adapters.ray_engine.ray_text_index import RayTextIndex
from textnlp.adapters.ray_engine.session import ray_session
from textnlp.domain.duplicates.near_duplicate_index import NearDuplicateIndex
from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_checks import RowChecks
from textnlp.domain.validation.sent_checks import SentChecks, sent_checks
from textnlp.settings import decline_usage_reports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EXAMPLES = Path(__file__).parents[2] / "examples"
_DOCUMENTS = int(os.environ.get("RAY_DOCUMENTS", "40000"))
"""200,000 take two minutes of both cores."""

_WORDS = 40
_LONGEST_SECONDS = 500
_CHECKS: dict[str, Any] = {
    "checks": [
        {"kind": "length", "column": "text", "min_words": 30},
        {"kind": "encoding", "column": "text"},
        {"kind": "decontamination", "columns": ["text"], "files": ["bench.txt"]},
    ],
    "duplicates": {"columns": ["text"], "threshold": 0.8, "keep": "longest"},
}


def _texts(count: int, seed: int) -> list[str]:
    """Return texts of which one in five is an earlier one with some words changed, and some are too short."""
    draw, rng = np.random.default_rng(seed), random.Random(seed)
    vocabulary = np.array([f"{rng.getrandbits(32):x}" for _ in range(20_000)])
    words = vocabulary[(draw.random((count, _WORDS)) ** 3 * len(vocabulary)).astype(np.int64)]
    copied = np.flatnonzero(draw.random(count) < 0.2)
    copied = copied[copied > 0]
    originals = (draw.random(len(copied)) * copied).astype(np.int64)
    changed = draw.integers(0, 8, len(copied))
    for row, original, most in zip(copied.tolist(), originals.tolist(), changed.tolist(), strict=True):
        words[row, : _WORDS - most] = words[original, : _WORDS - most]
    lengths = np.where(draw.random(count) < 0.01, 20, draw.integers(_WORDS - 2, _WORDS + 1, count))
    return [" ".join(row[:most]) for row, most in zip(words.tolist(), lengths.tolist(), strict=True)]


@pytest.fixture
def nodes() -> Generator[RayNodes]:
    decline_usage_reports()
    with machine_lock(RAY), ray_nodes() as nodes:
        yield nodes


async def _validated(command_line: CommandLine, *arguments: str | Path) -> Finished:
    process = await command_line.start("validate", *arguments, "--quiet")
    async with asyncio.timeout(_LONGEST_SECONDS):
        stdout, stderr = await process.communicate()
    return Finished(process.returncode or 0, stdout.decode(), stderr.decode())


async def test_two_machines_say_of_many_texts_what_one_says(
    nodes: RayNodes, command_line: CommandLine, tmp_path: Path
) -> None:
    texts = _texts(_DOCUMENTS, seed=1)
    rows, checks = tmp_path / "rows.jsonl", tmp_path / "checks.json"
    rows.write_text("".join(f'{{"text": "{text}"}}\n' for text in texts))
    (tmp_path / "bench.txt").write_text(f"{texts[7]}\n{texts[_DOCUMENTS // 3]}\n")
    checks.write_text(json.dumps(_CHECKS))
    here, there = tmp_path / "here", tmp_path / "there"
    on_ray = ("--engine", "ray", "--ray-address", nodes.address)

    every = (EXAMPLES / "rows" / "every-fault.jsonl", "--checks", EXAMPLES / "every-check.yaml")
    assert (await _validated(command_line, *every, "--out", here)).exit_code == 3
    assert (await _validated(command_line, *every, "--out", there, *on_ray)).exit_code == 3
    _require_equal(here, there)

    told = (rows, "--checks", checks)
    local = await _validated(command_line, *told, "--out", here)
    assert local.exit_code == 0, local.stderr
    distributed = await _validated(command_line, *told, "--out", there, *on_ray)
    assert distributed.exit_code == 0, distributed.stderr

    report = json.loads((here / "report.json").read_text())
    found = {each["check"]: each["rows"] for each in report["reasons"]}
    assert set(found) == {"length:text", "decontamination", "duplicate"}
    assert report["rows"] == _DOCUMENTS == report["accepted"] + report["rejected"]
    assert found["duplicate"] > _DOCUMENTS * 0.1
    _require_equal(here, there)


def test_a_machine_that_is_lost_with_all_it_had_changes_nothing(nodes: RayNodes) -> None:
    texts = _texts(30_000, seed=2)
    checks = ChecksFile.model_validate({"checks": [{"kind": "length", "column": "text", "min_words": 38}]})
    batches = [_batch(texts, first) for first in range(0, len(texts), 1_000)]
    local = NearDuplicateIndex(threshold=0.8)
    local.prime(texts[:5_000], dataset="old")
    local.add(texts[5_000:])
    expected = list(local.clusters().removals())
    assert len(expected) > 3_000

    with ray_session(nodes.address) as ray:
        index = RayTextIndex(ray, threshold=0.8)
        index.prime(texts[:5_000], dataset="old")
        index.add(texts[5_000:])
        assert list(index.clusters().removals()) == expected
        looked = RayChecks(ray, _sent(checks)).look(_losing(batches, nodes))
        for (batch, checked), sent in zip(looked, batches, strict=True):
            assert batch is sent
            rows = [record.values for record in batch if isinstance(record, Record)]
            assert checked == RowChecks(checks.checks).look(rows)
        assert list(index.clusters().removals()) == expected


def _require_equal(here: Path, there: Path) -> None:
    for name in ("accepted.jsonl", "rejected.jsonl", "report.json"):
        assert (here / name).read_bytes() == (there / name).read_bytes(), name


def _batch(texts: list[str], first: int) -> list[Record | BadRecord]:
    return [
        Record(number=number + 1, file="rows", line=number + 1, values={"text": texts[number]})
        for number in range(first, first + 1_000)
    ]


def _losing(batches: list[list[Record | BadRecord]], nodes: RayNodes) -> Iterator[list[Record | BadRecord]]:
    for place, batch in enumerate(batches):
        if place == len(batches) // 2:
            nodes.lose_second()
        yield batch


def _sent(checks: ChecksFile) -> SentChecks:
    sent = sent_checks(checks, RowChecks(checks.checks).operators)
    assert sent is not None
    return sent
