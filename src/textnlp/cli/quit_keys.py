"""A terminal on which single keys are read while something is shown."""

import contextlib
import os
import sys
from asyncio import get_running_loop
from collections.abc import Callable, Generator

_KEYS = frozenset(b"qQ\x1b")
_READ_BYTES = 64


@contextlib.contextmanager
def quit_keys(quit_: Callable[[], None]) -> Generator[None]:
    """Call `quit_` when q or Escape is pressed within the block; without a terminal nothing is read."""
    if not sys.stdin.isatty():
        yield
        return
    import termios  # noqa: PLC0415  not on every system
    import tty  # noqa: PLC0415  as above

    source, loop = sys.stdin.fileno(), get_running_loop()
    before = termios.tcgetattr(source)

    def read() -> None:
        pressed = os.read(source, _READ_BYTES)
        # An arrow key begins as Escape does, and goes on.
        if (len(pressed) == 1 and pressed[0] in _KEYS) or not pressed:
            quit_()

    tty.setcbreak(source)
    loop.add_reader(source, read)
    try:
        yield
    finally:
        loop.remove_reader(source)
        termios.tcsetattr(source, termios.TCSADRAIN, before)
