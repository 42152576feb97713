"""`textnlp model tune` in processes of its own, each of which finds what the others have begun."""

import json
from pathlib import Path

from tests.acceptance.command_line import CommandLine
from tests.doubles.fine_tuning import BASE_MODEL, FineTuning
from tests.doubles.openai_batch_states import Flavour


async def test_a_model_is_tuned_by_one_command_after_the_other(command_line: CommandLine, tmp_path: Path) -> None:
    examples = tmp_path / "train.jsonl"
    example = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    examples.write_text(f"{json.dumps(example)}\n" * 10)
    server = FineTuning(Flavour.OPENAI)
    async with server.serving():
        create = ("model", "tune", "create", examples, "--name", "support", "--base", BASE_MODEL)
        made = await command_line.run(*create, "--json", TEXTNLP_BASE_URL=server.base_url)
        assert made.exit_code == 0, made.stderr
        job = made.json()["job"]["id"]
        assert list(server.jobs) == [job]

        again = await command_line.run(*create, "--base-url", server.base_url)
        assert again.stdout.startswith(f"{job}  queued\n  {BASE_MODEL} on 10 examples, for support\n")
        running = await command_line.run("model", "tune", "show", job)
        assert running.stdout.startswith(f"{job}  running\n")
        assert "done at about" in running.stdout
        watched = await command_line.run("model", "tune", "watch", job)
        assert watched.exit_code == 0, watched.stderr
        assert "  Step 2: training loss=1.5\n" in watched.stdout
        assert watched.stdout.endswith(
            f"{job}  succeeded\n  {BASE_MODEL} on 10 examples, for support\n  {BASE_MODEL}.{job} is support@1\n"
        )
    assert len(server.jobs) == 1
    listed = await command_line.run("model", "tune", "list")
    assert [word in listed.stdout for word in (job, "succeeded", "support@1")] == [True] * 3
    kept = await command_line.run("model", "list", "--registered", "--json")
    assert json.loads(kept.stdout)[0]["provider_model"] == f"{BASE_MODEL}.{job}"
