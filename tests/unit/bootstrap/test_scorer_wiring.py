from pathlib import Path

import pytest

from textnlp.bootstrap.scorer_wiring import Scorers
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings

MODELS = """
deployments:
  vllm: {base_url: "http://localhost:8000/v1", model: qwen}
  open: {base_url: "http://localhost:8000/v1", model: llama, direct: true}
models:
  measured: {deployments: [{name: vllm}]}
"""


def scorers(tmp_path: Path, *, models: bool = False, base_url: str | None = None) -> Scorers:
    file = tmp_path / "models.yaml"
    file.write_text(MODELS)
    return Scorers(Settings(data_dir=tmp_path, cache_dir=tmp_path, models=file if models else None, base_url=base_url))


@pytest.mark.parametrize("is_confined", [True, False])
async def test_the_platforms_own_model_is_asked_where_none_is_named(*, is_confined: bool, tmp_path: Path) -> None:
    found = scorers(tmp_path)
    own = found.find(None, is_confined=is_confined)
    assert own.name == "smollm2-135m"
    assert found.find("smollm2-135m", is_confined=is_confined) is own
    assert found.find("scripted", is_confined=is_confined).name == "scripted"
    await found.aclose()


async def test_a_deployment_or_the_first_of_an_alias_is_asked_by_its_model(tmp_path: Path) -> None:
    declared = scorers(tmp_path, models=True)
    assert declared.find("measured", is_confined=False).name == "qwen"
    assert declared.find("open", is_confined=False).name == "llama"
    endpoint = scorers(tmp_path, base_url="http://localhost:8000/v1")
    assert endpoint.find("any-model", is_confined=False).name == "any-model"
    for each in (declared, endpoint):
        await each.aclose()


@pytest.mark.parametrize("model", ["unknown", "vllm", "all-minilm-l6-v2"])
async def test_a_model_that_is_not_known_is_refused(model: str, tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="no model") as caught:
        scorers(tmp_path, models=True).find(model, is_confined=False)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "model")


async def test_a_strangers_check_is_scored_with_models_of_this_process_only(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match=r"of its own only: scripted, smollm2-135m") as caught:
        scorers(tmp_path, models=True).find("measured", is_confined=True)
    assert caught.value.facts.field == "model"
