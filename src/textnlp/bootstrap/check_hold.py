"""Checks that need more than the row, for as long as something lasts; what they need is brought in by the first."""

import contextlib
import threading
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from textnlp.bootstrap.asking import Asking
from textnlp.settings import Settings

if TYPE_CHECKING:
    # Importing these takes NumPy and more, which a platform without checks can do without.
    from textnlp.bootstrap.check_wiring import OutsideChecks
    from textnlp.domain.validation.checks_file import ChecksFile
    from textnlp.domain.validation.operators import MakeOutside


class CheckHold:
    """Has what checks need that ask somebody, from the first of them on; threads may ask for it at the same time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._outside: OutsideChecks | None = None

    def maker(self, asking: Asking) -> "MakeOutside":
        """Return what makes operators; it raises `INVALID_INPUT` with its place for a check that cannot be asked."""
        with self._lock:
            if self._outside is None:
                from textnlp.bootstrap.check_wiring import OutsideChecks  # noqa: PLC0415  as above

                self._outside = OutsideChecks(self._settings)
            return self._outside.maker(asking)

    async def aclose(self) -> None:
        """Close all connections, without holding up the event loop; closing twice is harmless."""
        outside, self._outside = self._outside, None
        if outside is not None:
            await outside.aclose()


def asks_somebody(checks: "ChecksFile") -> bool:
    """Whether some of the checks need more than the row."""
    from textnlp.domain.validation.operators import is_asking  # noqa: PLC0415  as above

    return any(is_asking(check) for check in checks.checks)


@contextlib.contextmanager
def outside_of(checks: "ChecksFile", settings: Settings, *, base: Path) -> Generator["MakeOutside | None"]:
    """Return what makes checks that need more than the row, with files in `base`; None where none of them does."""
    if not asks_somebody(checks):
        yield None
        return
    from textnlp.bootstrap.check_wiring import OutsideChecks  # noqa: PLC0415  as above

    with contextlib.closing(OutsideChecks(settings)) as outside:
        yield outside.maker(Asking(base=base))
