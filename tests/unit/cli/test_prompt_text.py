import io
from pathlib import Path

import pytest

from textnlp.cli.prompt_text import prompt_of
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "prompt.txt"
    path.write_text("Write about\n{{ what }} in {{ city }}.", encoding="utf-8")
    return path


def test_a_prompt_is_given_or_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prompt_of("Hello", template=None, variables=()) == "Hello"
    monkeypatch.setattr("sys.stdin", io.StringIO("Piped"))
    assert prompt_of("-", template=None, variables=()) == "Piped"


def test_a_template_is_rendered_with_its_variables(template: Path) -> None:
    variables = ["what=a=b", "city=Rome"]
    assert prompt_of(None, template=template, variables=variables) == "Write about\na=b in Rome."


def test_a_missing_variable_is_told_with_its_place(template: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        prompt_of(None, template=template, variables=["what=x"])
    assert "'city'" in caught.value.message
    assert (caught.value.facts.line, caught.value.facts.column) == (2, 18)


@pytest.mark.parametrize(
    ("prompt", "has_template", "variables"),
    [(None, False, []), ("Hi", True, []), ("Hi", False, ["a=b"]), (None, True, ["a"]), (None, True, ["1=b"])],
)
def test_what_does_not_go_together_is_refused(
    prompt: str | None, template: Path, variables: list[str], *, has_template: bool
) -> None:
    with pytest.raises(TextNLPError) as caught:
        prompt_of(prompt, template=template if has_template else None, variables=variables)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_a_template_that_is_not_there_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="absent"):
        prompt_of(None, template=tmp_path / "absent", variables=())
