import pytest

from textnlp.cli.exit_codes import ExitCode, exit_code_of
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_error_has_a_code_that_is_not_success(kind: ErrorKind) -> None:
    assert exit_code_of(TextNLPError("It went wrong.", kind=kind)) is not ExitCode.DONE


def test_wrong_input_is_wrong_use_and_a_limit_is_a_limit() -> None:
    assert exit_code_of(TextNLPError("", kind=ErrorKind.INVALID_INPUT)) == 2
    assert exit_code_of(TextNLPError("", kind=ErrorKind.LIMIT_REACHED)) == 4
    assert exit_code_of(TextNLPError("", kind=ErrorKind.CANCELLED)) == 130
    assert exit_code_of(TextNLPError("", kind=ErrorKind.UNAVAILABLE)) == 1
