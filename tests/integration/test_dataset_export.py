"""A dataset is opened by the stock reader of Hugging Face's, without a network."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.factories.datasets import row_of, written
from textnlp.adapters.dataset_files.reader import export_version
from textnlp.domain.recipes.output import Export, Output

_PROGRAM = """
import json, sys
from datasets import load_dataset
found = load_dataset(sys.argv[1])
columns = {split: found[split].column_names for split in found}
print(json.dumps({"columns": columns, "rows": {split: found[split].to_list() for split in found}}))
"""


def opened(folder: Path, cache: Path) -> dict[str, Any]:
    environment = {**os.environ, "HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "HF_HOME": str(cache)}
    program = [sys.executable, "-c", _PROGRAM, str(folder)]
    finished = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


async def test_every_folder_opens_with_its_splits_and_types(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": "Hi"}]
    rows = [row_of(place, {"text": f"row {place}", "talk": talk, "stars": place % 5}) for place in range(40)]
    output = Output(
        splits={"train": 0.8, "hold_out": 0.199, "empty": 0.001}, exports=[Export(format="huggingface")], license="MIT"
    )
    recipe = {"columns": {}, "output": output.model_dump(mode="json")}
    version = await written(tmp_path / "v1", rows, output=output, recipe=recipe)
    assert version.splits["empty"] == 0
    export_version(tmp_path / "v1", form="huggingface", columns={"review": "text"}, target=tmp_path / "renamed")
    whole, export = (opened(tmp_path / "v1" / part, tmp_path / "cache") for part in ("", "exports/huggingface"))
    assert whole == export
    assert {split: len(found) for split, found in whole["rows"].items()} == {"train": 33, "hold_out": 7}
    assert whole["rows"]["train"][0] == {"id": "0", "text": "row 0", "talk": talk, "stars": 0}
    assert opened(tmp_path / "renamed", tmp_path / "cache")["columns"]["hold_out"] == ["review"]
