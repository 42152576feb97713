"""The commands of the page on fine-tuning, in processes of their own, each of which finds what the others did."""

import json
import shlex
import shutil
from pathlib import Path

from tests.acceptance.command_line import CommandLine
from tests.acceptance.test_docs import ROOT, commands_of
from tests.doubles.fine_tuning import BASE_MODEL, FineTuning
from tests.doubles.openai_batch_states import Flavour

PAGE = "docs/how-to/tune-models.md"


async def test_the_commands_of_the_page_tune_a_model(command_line: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    there = CommandLine(command_line.data_dir, folder=tmp_path)
    server = FineTuning(Flavour.OPENAI)
    job = "JOB"
    printed: list[str] = []
    async with server.serving():
        environment = {
            "TEXTNLP_BASE_URL": server.base_url,
            "TEXTNLP_API_KEY_ENV": "OPENAI_API_KEY",
            "OPENAI_API_KEY": "sk-tuning",
        }
        for command in commands_of(PAGE):
            words = [job if word == "JOB" else word for word in shlex.split(command)[1:]]
            finished = await there.run(*words, **environment)
            assert finished.exit_code == 0, f"{command}\n{finished.stderr}"
            printed.append(finished.stdout)
            (job,) = server.jobs
        again = await there.run(*shlex.split(commands_of(PAGE)[0])[1:], "--json", **environment)
    assert (again.json()["job"]["id"], again.json()["registered"]) == (job, "support@1")
    assert "sk-tuning" not in "".join(path.read_text() for path in there.data_dir.rglob("tuning/*.json"))

    about = f"  {BASE_MODEL} on 12 examples, for support\n"
    created, shown, watched, listed, models, promoted = printed
    assert created == f"{job}  queued\n{about}"
    assert shown.startswith(f"{job}  queued\n")
    assert "  Step 2: training loss=1.5\n" in watched
    assert watched.endswith(f"{job}  succeeded\n{about}  {BASE_MODEL}.{job} is support@1\n")
    assert [word in listed for word in (job, "succeeded", "support@1")] == [True] * 3
    assert "support@1" in models
    assert promoted.startswith("support@1  staging\n")
    card = json.loads((there.data_dir / "blobs/models/configs/support/versions/00001.json").read_text())
    assert card["provider_model"] == f"{BASE_MODEL}.{job}"
