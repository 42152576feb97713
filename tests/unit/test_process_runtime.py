from pathlib import Path

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.process_runtime import SERVICES, serve


def test_an_unknown_process_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TextNLPError, match="batch-worker") as refused:
        serve("cook")
    assert refused.value.kind is ErrorKind.INVALID_INPUT


def test_a_process_refuses_to_stand_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEXTNLP_DATA_DIR", str(tmp_path))
    with pytest.raises(TextNLPError, match="database") as refused:
        serve("batch-worker")
    assert "DATABASE_URL" in (refused.value.facts.hint or "")
    assert not list(tmp_path.iterdir())


def test_a_process_lets_nobody_in_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost:1/none")
    monkeypatch.setenv("TEXTNLP_AUTHENTICATION", "false")
    with pytest.raises(TextNLPError, match="TEXTNLP_AUTHENTICATION"):
        serve("api")


def test_each_process_does_something() -> None:
    assert all(SERVICES.values())
