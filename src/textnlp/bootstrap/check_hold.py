"""Checks that ask somebody, for as long as something lasts; apart from them, since they take a while to bring in."""

import contextlib
from collections.abc import Generator
from typing import TYPE_CHECKING

from textnlp.domain.validation.checks_file import ChecksFile
from textnlp.domain.validation.operators import MakeOutside
from textnlp.domain.validation.outside_checks import OutsideCheck
from textnlp.settings import Settings

if TYPE_CHECKING:
    from textnlp.bootstrap.check_wiring import OutsideChecks


def open_outside(stack: contextlib.AsyncExitStack, settings: Settings) -> "OutsideChecks":
    """Return what makes checks that ask somebody; it is closed with `stack`."""
    from textnlp.bootstrap.check_wiring import OutsideChecks  # noqa: PLC0415  NumPy, and what asks

    outside = OutsideChecks(settings)
    stack.push_async_callback(outside.aclose)
    return outside


def asks_somebody(checks: ChecksFile) -> bool:
    """Whether some of the checks wait for somebody's answer."""
    return any(isinstance(check, OutsideCheck) for check in checks.checks)


@contextlib.contextmanager
def outside_of(checks: ChecksFile, settings: Settings) -> Generator[MakeOutside | None]:
    """Return what makes those of the checks that ask somebody; None where none of them does."""
    if not asks_somebody(checks):
        yield None
        return
    from textnlp.bootstrap.check_wiring import OutsideChecks  # noqa: PLC0415  as above

    with contextlib.closing(OutsideChecks(settings)) as outside:
        yield outside.maker()
