import asyncio
import json
import os
import pty
import signal
import sys
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.test_up import running
from tests.doubles.openai_server import OpenAIStub

pytestmark = pytest.mark.postgres


async def test_a_frame_shows_what_a_platform_was_at(command_line: CommandLine, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("One\nTwo\nThree\n")
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        await platform.batch("submit", prompts)
        await platform.wait_for("prompts.txt", "completed")
        address = stub.base_url.removesuffix("/v1")
        async with asyncio.timeout(30):
            while True:
                printed = await command_line.run("top", "--once", "--json", TEXTNLP_SERVER=platform.url)
                shown = json.loads(printed.stdout)
                if shown["rows"] and shown["queues"]:
                    break
                await asyncio.sleep(0.2)
        frame = await command_line.run("top", "--server", platform.url, COLUMNS="100")
        refused = await command_line.run("top", TEXTNLP_SERVER=platform.url, TEXTNLP_TOKEN="nobody")  # noqa: S106  nobody's
    assert shown["rows"] == {"accepted": 3}
    assert [each["name"] for each in shown["deployments"]] == [address]
    assert (frame.exit_code, refused.exit_code) == (0, 1)
    for said in (
        "rows/s",
        "balances",
        "stub",
        "POST /api/v1/batches",
        "batch-processing-queue",
        "1 process",
    ):
        assert said in frame.stdout, frame.stdout


@pytest.mark.parametrize("leave", ["q", "interrupt"])
async def test_on_a_terminal_it_goes_on_until_it_is_left(command_line: CommandLine, leave: str) -> None:
    ours, theirs = pty.openpty()
    try:
        async with OpenAIStub() as stub, running(command_line, stub) as platform:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "textnlp.cli.main", "top", "--server", platform.url),
                stdin=theirs,
                stdout=theirs,
                env=command_line.environment(COLUMNS="90", TERM="xterm"),
            )
            seen = b""
            async with asyncio.timeout(30):
                while seen.count(b"rows/s") < 2:
                    seen += await asyncio.to_thread(os.read, ours, 65_536)
                if leave == "q":
                    os.write(ours, b"q")
                else:
                    process.send_signal(signal.SIGINT)
                assert await process.wait() == 0
    finally:
        os.close(ours)
        os.close(theirs)
