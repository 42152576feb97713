import concurrent.futures
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.architecture.source_tree import ROOT
from tests.ml.scoring_server import load_script, serving
from textnlp.domain.errors import TextNLPError


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.setenv("TEXTNLP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TEXTNLP_MODEL", "scripted")
    return load_script(ROOT / "ml" / "code" / "score.py")


@pytest.fixture
def address(script: ModuleType) -> Iterator[str]:
    with serving(script) as served:
        yield served
    scorers: list[Any] = script._scorers
    scorers.pop().__exit__()


def score(address: str, document: Any) -> dict[str, Any]:
    answer = httpx.post(f"{address}/score", json=document, timeout=30)
    assert answer.status_code == 200
    return answer.json()


def test_prompts_are_answered_in_their_order(address: str) -> None:
    assert httpx.get(address).status_code == 200
    answers = score(address, {"prompts": ["one", "two"], "parameters": {"max_tokens": 8}})["answers"]
    assert len(answers) == 2
    assert all(answer["text"] and answer["usage"]["completion_tokens"] for answer in answers)
    assert score(address, {"prompts": ["two"], "parameters": {"max_tokens": 8}})["answers"] == answers[1:]


def test_requests_are_answered_beside_each_other(address: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(score, [address] * 16, [{"prompts": [f"{n}"] * 3} for n in range(16)]))
    assert all(len(each["answers"]) == 3 and "error" not in each["answers"][0] for each in found)


@pytest.mark.parametrize("document", [{}, {"prompts": []}, {"prompts": "one"}, {"prompts": ["x"], "top": 1}, [1]])
def test_what_is_no_request_is_told(address: str, document: Any) -> None:
    assert score(address, document)["error"]["code"] == "invalid_input"


def test_an_endpoint_without_a_model_does_not_start(script: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="0 GGUF files"):
        script.find_model(tmp_path)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "w.gguf").touch()
    assert script.find_model(tmp_path) == tmp_path / "deep" / "w.gguf"


def test_an_engine_that_cannot_answer_stops_the_start(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTNLP_MODEL", "nobody")
    with pytest.raises(TextNLPError, match="nobody"):
        script.init()
