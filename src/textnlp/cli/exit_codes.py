"""What the exit code of a command says."""

from enum import IntEnum

from textnlp.domain.errors import ErrorKind, TextNLPError


class ExitCode(IntEnum):
    """The codes that scripts may rely on."""

    DONE = 0
    ERROR = 1
    WRONG_USE = 2
    FAILED_ROWS = 3
    LIMIT = 4
    INTERRUPTED = 130


def exit_code_of(error: TextNLPError) -> ExitCode:
    """Return the code for a command that ended with `error`."""
    if error.kind is ErrorKind.INVALID_INPUT:
        return ExitCode.WRONG_USE
    if error.kind is ErrorKind.LIMIT_REACHED:
        return ExitCode.LIMIT
    return ExitCode.INTERRUPTED if error.kind is ErrorKind.CANCELLED else ExitCode.ERROR
