import json
from pathlib import Path

import pytest

from textnlp.cli.commands.model import list_models
from textnlp.cli.commands.model_registry import parse_model_reference, promote, register, verify
from textnlp.domain.errors import TextNLPError
from textnlp.domain.registry.model import ModelStage


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEXTNLP_DATA_DIR", str(tmp_path / "data"))
    files = tmp_path / "model"
    files.mkdir()
    (files / "weights.gguf").write_bytes(b"weights")
    (files / "config.json").write_bytes(b"{}")
    (files / ".hidden").write_bytes(b"not a file of the model")
    return files


def test_a_folder_becomes_a_version_that_can_be_promoted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register("tuned", [folder], based_on="smollm2-135m", as_json=True)
    made = json.loads(capsys.readouterr().out)
    assert (made["reference"], [file["name"] for file in made["files"]]) == ("tuned@1", ["config.json", "weights.gguf"])
    promote("tuned@1", ModelStage.STAGING)
    assert capsys.readouterr().out.startswith("tuned@1  staging\n")
    list_models(registered=True, as_json=True)
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["stage"], listed["base"]) == ("staging", "smollm2-135m")
    list_models(registered=True)
    assert "tuned@1" in capsys.readouterr().out


def test_a_changed_file_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register("tuned", [folder / "weights.gguf"])
    verify("tuned@1")
    (folder.parent / "data" / "blobs" / "models" / "fine-tuned" / "tuned" / "1" / "weights.gguf").write_bytes(b"other")
    with pytest.raises(TextNLPError, match=r"weights.gguf of tuned@1"):
        verify("tuned@1")
    assert "weights.gguf" in capsys.readouterr().out


def test_files_that_are_not_there_or_share_a_name_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="no file"):
        register("tuned", [tmp_path / "none.gguf"])
    with pytest.raises(TextNLPError, match=r"Two files are called config\.json"):
        register("tuned", [folder, folder / "config.json"])


@pytest.mark.parametrize("text", ["tuned", "tuned@", "tuned@x", "@", "tuned@-1"])
def test_a_reference_names_a_version(text: str) -> None:
    with pytest.raises(TextNLPError, match="NAME@VERSION"):
        parse_model_reference(text)
