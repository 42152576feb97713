import asyncio
import io
import os
import pty
import termios
from collections.abc import Iterator

import pytest

from textnlp.cli.quit_keys import quit_keys


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as standard input, by the end that keys are pressed on."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r", closefd=True) as source:
        monkeypatch.setattr("sys.stdin", source)
        yield ours
    os.close(ours)


async def pressed(terminal: int, keys: bytes) -> bool:
    """Return whether pressing keys ends what is shown."""
    left = asyncio.Event()
    with quit_keys(left.set):
        os.write(terminal, keys)
        for _ in range(50):
            await asyncio.sleep(0.002)
            if left.is_set():
                return True
    return False


@pytest.mark.parametrize(("keys", "ends"), [(b"q", True), (b"Q", True), (b"\x1b", True), (b"x", False)])
async def test_some_keys_end_it_and_others_do_not(terminal: int, keys: bytes, *, ends: bool) -> None:
    assert await pressed(terminal, keys) is ends


async def test_an_arrow_is_not_escape(terminal: int) -> None:
    assert not await pressed(terminal, b"\x1b[A")


async def test_the_terminal_is_left_as_it_was(terminal: int) -> None:
    before = termios.tcgetattr(terminal)
    assert await pressed(terminal, b"q")
    assert termios.tcgetattr(terminal) == before


async def test_without_a_terminal_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("q"))
    assert not await pressed(os.open(os.devnull, os.O_WRONLY), b"q")
