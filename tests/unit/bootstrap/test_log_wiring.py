import json
import logging
from collections.abc import Generator

import pytest

from textnlp.bootstrap.log_wiring import configure_logging
from textnlp.settings import LogFormat, Settings


@pytest.fixture(autouse=True)
def root() -> Generator[logging.Logger]:
    logger = logging.getLogger()
    kept, level = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:] = kept
    logger.setLevel(level)


@pytest.mark.parametrize(
    ("chosen", "is_terminal", "is_json"),
    [
        (LogFormat.AUTO, False, True),
        (LogFormat.AUTO, True, False),
        (LogFormat.JSON, True, True),
        (LogFormat.TEXT, False, False),
    ],
)
def test_the_log_is_json_where_nobody_reads_it_or_where_it_is_asked_for(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    chosen: LogFormat,
    *,
    is_terminal: bool,
    is_json: bool,
) -> None:
    logging.getLogger().handlers.clear()
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    configure_logging(Settings(log_format=chosen))
    logging.getLogger("textnlp.part").info("hello")
    line = capsys.readouterr().err.strip()
    assert line.startswith("{") is is_json
    if is_json:
        assert json.loads(line)["message"] == "hello"
    else:
        assert line.endswith("INFO hello")
