"""What only one test of the machine may have at a time, in whichever process it runs."""

import contextlib
import fcntl
import tempfile
from collections.abc import Generator
from pathlib import Path

RAY = "ray"
"""Room for a Ray cluster: two at once are more than two cores carry."""


@contextlib.contextmanager
def machine_lock(name: str) -> Generator[None]:
    """Wait until nobody else on the machine has `name`, and have it."""
    with (Path(tempfile.gettempdir()) / f"textnlp-test-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
