import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from textnlp.console.form_fields import FormFields

TEMPLATES = sorted(Path(str(files("textnlp.console") / "templates")).rglob("*.html"))


def shown(source: str) -> str:
    environment = Environment(extensions=[FormFields], autoescape=True)
    named: dict[str, Any] = {"form_token": lambda: "TOKEN"}
    environment.globals.update(named)
    return environment.from_string(source).render()


def test_a_form_that_is_posted_gets_a_field_with_the_token() -> None:
    assert shown('<form class="a" method="post" action="/x"><b>') == (
        '<form class="a" method="post" action="/x"><input type="hidden" name="form_token" value="TOKEN"><b>'
    )


def test_an_upload_gets_it_in_its_address() -> None:
    source = '<form method="post" action="/x" enctype="multipart/form-data">'
    assert shown(source) == '<form method="post" action="/x?form_token=TOKEN" enctype="multipart/form-data">'


def test_a_form_within_a_macro_gets_it_too() -> None:
    source = '{% macro form() %}<form method="post" action="/{{ 1 + 1 }}">{% endmacro %}{{ form() }}'
    assert 'value="TOKEN"' in shown(source)


@pytest.mark.parametrize("source", ['<form method="get" action="/x">', "<form>", '<p title="method=post">'])
def test_nothing_else_is_touched(source: str) -> None:
    assert shown(source) == source


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_of_every_template_is_of_a_form_that_gets_it(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for tag in re.findall(r"<form\b.*", source):
        assert re.match(r'<form\b[^>]*\bmethod="(post|get)"[^>]*>', tag), tag
        if "multipart" in tag:
            assert re.search(r'\baction="[^"?]+"', tag), tag
