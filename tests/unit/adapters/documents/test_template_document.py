from pathlib import Path

import pytest

from textnlp.adapters.documents.template_document import read_template_file
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.stored import TemplateDraft, TemplateTest

WHOLE = """\
name: review
description: Reviews.
system: You write in {{ language }}.
prompt: |
  Review the {{ product }}.
tests:
- name: a kettle
  given: {product: kettle, language: French, stars: [1, 2.5, null, {é: true}]}
  expect: [the kettle]
  reject: [toaster]
- given: {product: pan, language: Latin}
  expect: [pan]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "review.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_into_a_draft(tmp_path: Path) -> None:
    given = {"product": "kettle", "language": "French", "stars": [1, 2.5, None, {"é": True}]}
    assert read_template_file(written(tmp_path, WHOLE)) == TemplateDraft(
        name="review",
        text="Review the {{ product }}.\n",
        system="You write in {{ language }}.",
        description="Reviews.",
        tests=(
            TemplateTest(name="a kettle", given=given, expect=("the kettle",), reject=("toaster",)),
            TemplateTest(name="test 2", given={"product": "pan", "language": "Latin"}, expect=("pan",)),
        ),
    )


def test_a_name_and_a_prompt_are_enough(tmp_path: Path) -> None:
    draft = read_template_file(written(tmp_path, "name: a\nprompt: Hello\n"))
    assert draft == TemplateDraft(name="a", text="Hello")


@pytest.mark.parametrize(
    ("text", "place", "field", "said"),
    [
        ("name: a\npromt: Hello\n", "2:1", "promt", "did you mean 'prompt'?"),
        ("name: a\n", "1:1", "prompt", "field required"),
        ("name: A\nprompt: Hello\n", "1:1", "name", "no name of a template"),
        ("name: a\nprompt: '{{ b c }}'\n", "2:1", "prompt", "The template, line 1"),
        ("name: a\nprompt: Hello\nsystem: '{% macro m() %}{% endmacro %}'\n", "3:1", "system", "macro"),
        ("name: a\nprompt: Hello\ntests:\n- expects: [a]\n", "4:3", "tests[0].expects", "did you mean 'expect'?"),
        ("name: a\nprompt: Hello\ntests:\n- {}\n", "4:3", "tests[0]", "looks for nothing"),
        ("name: a\nprompt: Hello\ntests:\n- {expect: ['']}\n", "4:13", "tests[0].expect[0]", "at least 1"),
        ("name: a\nprompt: H\ntests:\n- given: {d: 2026-01-01}\n  expect: [a]\n", "4:11", "tests[0].given.d", "JSON"),
        ("name: [\n", "2:1", None, "no YAML"),
    ],
)
def test_what_is_wrong_has_a_place(tmp_path: Path, text: str, place: str, field: str | None, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(TextNLPError) as caught:
        read_template_file(path)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.message.startswith(f"{path}:{place}: ")
    assert caught.value.facts.field == field
    assert said in caught.value.message


def test_a_text_that_is_no_unicode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_template_file(written(tmp_path, 'name: a\nprompt: "\\ud800"\n'))
    assert caught.value.kind is ErrorKind.INVALID_INPUT
