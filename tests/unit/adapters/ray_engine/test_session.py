import sys

import pytest

from textnlp.adapters.ray_engine.session import ray_session
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_a_missing_package_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(TextNLPError) as caught, ray_session(None):
        pass
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert "textnlp[ray]" in (caught.value.facts.hint or "")


def test_a_cluster_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unreachable:
        def init(self, **_: object) -> None:
            raise ConnectionError

    monkeypatch.setitem(sys.modules, "ray", Unreachable())  # pyright: ignore[reportArgumentType]  no module is needed
    with pytest.raises(TextNLPError, match=r"answers at 10\.0\.0\.1:6379") as caught, ray_session("10.0.0.1:6379"):
        pass
    assert caught.value.kind is ErrorKind.UNAVAILABLE
