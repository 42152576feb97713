"""What is made of what pip says, with commands in its place."""

import asyncio
import sys
import textwrap
from pathlib import Path

import pytest

from textnlp.adapters.engines.pip_download import download_wheel
from textnlp.domain.errors import ErrorKind, TextNLPError


def fake_pip(folder: Path, code: str) -> tuple[str, ...]:
    script = folder / "fake_pip.py"
    script.write_text(textwrap.dedent(code))
    return (sys.executable, str(script))


async def test_progress_is_told_as_pip_tells_it(tmp_path: Path) -> None:
    pip = fake_pip(
        tmp_path,
        """
        import pathlib, sys
        print("Collecting x\\nProgress 0 of 200\\nProgress 100 of 200\\nnoise Progress 7 of 9\\nProgress 200 of 200")
        folder = pathlib.Path(sys.argv[sys.argv.index("--dest") + 1])
        (folder / "x-1-py3-none-any.whl").write_bytes(b"PK")
        """,
    )
    seen: list[tuple[int, int]] = []

    def note(received_bytes: int, total_bytes: int) -> None:
        seen.append((received_bytes, total_bytes))

    wheel = await download_wheel("x==1", tmp_path, show_progress=note, pip=pip)
    assert seen == [(0, 200), (100, 200), (200, 200)]
    assert wheel.name == "x-1-py3-none-any.whl"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit('ERROR: Could not install: [Errno 28] No space left on device')", "no space left"),
        ("import sys; sys.exit('/usr/bin/python: No module named pip')", "has no pip"),
        ("import sys; sys.exit(1)", "gave no reason"),
        ("pass", "gave no reason"),
    ],
)
async def test_a_failure_of_pip_says_why(tmp_path: Path, code: str, told: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        await download_wheel("x==1", tmp_path, pip=fake_pip(tmp_path, code))
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert told in caught.value.message


async def test_a_pip_that_hangs_is_ended(tmp_path: Path) -> None:
    pip = fake_pip(tmp_path, "import time; time.sleep(600)")
    async with asyncio.timeout(20):
        with pytest.raises(TextNLPError) as caught:
            await download_wheel("x==1", tmp_path, pip=pip, timeout_seconds=0.2)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
