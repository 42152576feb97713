import json
from pathlib import Path
from typing import Any

import pytest

from textnlp.domain.errors import TextNLPError
from textnlp_infra.deploy.arguments import Given, stack_templates

_TEMPLATES: dict[str, dict[str, Any]] = {
    "first": {"parameters": {"group": {"type": "string", "metadata": {"description": "A group."}}}},
    "second": {
        "parameters": {
            "group": {"type": "string"},
            "count": {"type": "int", "defaultValue": 2},
            "password": {"type": "secureString", "metadata": {"description": "A password."}},
        }
    },
}
_PASSWORD = {"TEXTNLP_PARAMETER_PASSWORD": "hush"}


def _arguments(**given: Any) -> dict[str, dict[str, Any]]:
    stacks = stack_templates(_TEMPLATES, Given(**given), environment="dev", location="eastus2")
    return {stack.name: dict(stack.arguments) for stack in stacks}


def _written(tmp_path: Path, document: Any, mode: int = 0o600) -> Path:
    path = tmp_path / "parameters.json"
    path.write_text(json.dumps(document))
    path.chmod(mode)
    return path


def test_each_stack_gets_the_values_that_it_declares() -> None:
    assert _arguments(typed={"group": "g", "count": "3"}, environment=_PASSWORD) == {
        "first": {"group": "g"},
        "second": {"group": "g", "count": 3, "password": "hush"},
    }


@pytest.mark.parametrize(
    "document",
    [
        {"group": "filed", "password": "hush"},
        {"parameters": {"group": {"value": "filed"}, "password": {"value": "hush"}}},
    ],
)
def test_a_file_is_read_plain_and_as_azure_writes_it(tmp_path: Path, document: Any) -> None:
    path = _written(tmp_path, document)
    assert _arguments(file=path)["second"] == {"group": "filed", "password": "hush"}
    assert _arguments(file=path, typed={"group": "typed"})["first"] == {"group": "typed"}


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(TextNLPError) as caught:
        _arguments()
    assert caught.value.message.splitlines()[1:] == ["  group: ", "  password: A password."]
    assert caught.value.facts.hint == (
        "Give --parameter group=… TEXTNLP_PARAMETER_PASSWORD=…, or a file with --parameters. Nothing was sent."
    )


def test_a_secret_on_the_command_line_is_refused_and_not_shown() -> None:
    with pytest.raises(TextNLPError, match="TEXTNLP_PARAMETER_PASSWORD or in a file") as caught:
        _arguments(typed={"group": "g", "password": "hush"})
    assert "hush" not in caught.value.full_text


def test_a_file_with_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, {"group": "g", "password": "hush"}, 0o640)
    with pytest.raises(TextNLPError, match="chmod 600"):
        _arguments(file=path)
    assert _arguments(file=_written(tmp_path, {"group": "g"}, 0o640), environment=_PASSWORD)["first"] == {"group": "g"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "must hold an object"),
        ({"grup": "g"}, "no template has a parameter 'grup'; there are count, group, password"),
        ({"parameters": {"group": "g"}}, "parameter 'group' needs a value"),
        ("x" * 1024 * 1024, "is larger than"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(TextNLPError, match=message):
        _arguments(file=_written(tmp_path, document))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="cannot be read: No such file"):
        _arguments(file=tmp_path / "none.json")
    path = tmp_path / "broken.json"
    path.write_text("{")
    with pytest.raises(TextNLPError, match="is no JSON"):
        _arguments(file=path)
    with pytest.raises(TextNLPError, match="'count' is of type int; write it as JSON"):
        _arguments(typed={"count": "many"}, environment=_PASSWORD)
