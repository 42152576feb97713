import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.architecture.source_tree import ROOT
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.filters import FILTERS
from textnlp.domain.templates.grammar import TESTS
from textnlp.domain.templates.template import PromptTemplate, render, variables_of

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=9,
)


def refusal(template: str, **variables: Any) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        render(template, variables)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "template"
    return caught.value


@pytest.mark.parametrize(
    ("template", "variables", "text"),
    [
        ("Write {{ n }} of {{ what|upper }}.\n", {"n": 3, "what": "kettles"}, "Write 3 of KETTLES.\n"),
        ("{% for x in xs %}{{ loop.index }}:{{ x.a ~ 1 }}{{ ',' if not loop.last }}{% endfor %}",
         {"xs": [{"a": "p"}, {"a": "q"}]}, "1:p1,2:q1"),
        ("{% if x in ['a', 'b'] %}yes{% else %}no{% endif %}", {"x": "b"}, "yes"),
        ("{{ x|default('none') }}{% if y is defined %}!{% endif %}", {}, "none"),
        ("{{ xs|map('upper')|join(', ') }} {{ xs|length }}", {"xs": ["a", "b"]}, "A, B 2"),
        ("{{ rows|selectattr('n', 'odd')|map(attribute='n')|list }}", {"rows": [{"n": 1}, {"n": 2}]}, "[1]"),
        ("{{ rows|join('; ', attribute='n') }}", {"rows": [{"n": 1}, {"n": 2}]}, "1; 2"),
        ("{% for k, v in x|dictsort %}{{ k }}={{ v }} {% endfor %}", {"x": {"b": 1, "a": 2}}, "a=2 b=1 "),
        ("{% set y = x * 2 + 1 %}{{ y }} {{ '-' * 3 }} {{ x % 2 }}", {"x": 2}, "5 --- 0"),
        ("{{ x|tojson }}", {"x": {"a": ["é", "<'"]}}, '{"a": ["é", "<\'"]}'),
        ("{{ x|indent(2) }}|{{ x|replace('a', 'bb') }}", {"x": "a\nc"}, "a\n  c|bb\nc"),
        ("{% for i in range(3) %}{{ i }}{% endfor %}{{ 5.26|round(1) }}", {}, "0125.3"),
        ("{{ x[1:] }}{{ x[0] }}{{ d['k'] }}", {"x": "abc", "d": {"k": 1}}, "bca1"),
        ("{{ '<b>' }}{{ x }}", {"x": "<i>"}, "<b><i>"),
    ],
)  # fmt: skip
def test_variables_come_to_their_places(template: str, variables: dict[str, Any], text: str) -> None:
    assert render(template, variables) == text


@given(text=st.text().filter(lambda text: "{" not in text and "\r" not in text))
def test_a_text_without_tags_stays_as_it_is(text: str) -> None:
    assert render(text, {}) == text


@given(value=st.text(max_size=200))
def test_what_stands_in_a_variable_is_never_read_as_a_template(value: str) -> None:
    assert render("{{ x }}", {"x": value}) == value
    assert render("{{ x }}", {"x": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}"


def test_the_names_that_a_template_refers_to_are_told() -> None:
    template = "{{ a }}{% for b in c %}{{ b.d }}{% endfor %}{% set e = 1 %}{{ e + range(f)|length }}"
    assert variables_of(template) == {"a", "c", "f"}


@pytest.mark.parametrize(
    ("template", "said", "line", "column"),
    [
        ("one\n  {{ missing }}", "'missing' is undefined", 2, 6),
        ("{{ d.a }}{{ d.absent }}", "'absent'", 1, 15),
        ("a\n{% iff x %}", "unknown tag 'iff'", 2, 4),
        ("{{ d }", "unexpected '}'", 1, 6),
        ("{{ d\n", "unexpected end of template", 1, 1),
        ("x\n{{ 1 / 0 }}", "division by zero", 2, 1),
        ("{% for x in 5 %}{% endfor %}", "not iterable", 1, 1),
        ("{{ d|nonsense }}", "no filter 'nonsense'", 1, 6),
        ("{{ d is callable }}", "no test 'callable'", 1, 9),
        ("{{ d|map('upper') }}", "|list", 1, 1),
    ],
)
def test_what_is_wrong_is_told_with_its_place(template: str, said: str, line: int, column: int) -> None:
    error = refusal(template, d={"a": 1})
    assert said in error.message
    assert (error.facts.line, error.facts.column) == (line, column)


@pytest.mark.parametrize(
    "template",
    [
        "{{ x.__class__ }}",
        "{{ x['__class__'] }}",
        "{{ x.upper() }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ xs|map(attribute='__class__')|list }}",
        "{{ self.__init__ }}",
        "{{ range.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{{ lipsum(5) }}",
        "{% include 'x' %}",
        "{% import 'os' as o %}",
        "{% extends 'x' %}",
        "{% block b %}{% endblock %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in xs recursive %}{{ loop(xs) }}{% endfor %}",
        "{% set x = [x, x] %}{{ x }}",
        "{% set x %}a{% endset %}",
        "{% filter upper %}a{% endfilter %}",
        "{{ '%s' % x }}",
        "{{ x|format }}",
        "{{ loop }}",
        "{% for i in xs %}{{ loop }}{% endfor %}",
        "{{ range }}",
        "{{ self }}",
    ],
)
def test_nothing_but_data_can_be_reached(template: str) -> None:
    refusal(template, x="a", xs=["a"])


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 10 }}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{{ i }}{% endfor %}{% endfor %}",
        "{% for i in xs %}{% for j in xs %}{% for k in xs %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set x = 'ab' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
        "{% set x = 'ab' %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
        "{% set x = xs %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
        "{{ xs * 100000000 }}",
        "{% set n = 99999999999 %}" + "{% set n = n * n %}" * 40 + "{{ n }}",
        "{{ x|replace('', x) }}",
        "{{ xs|join(x) }}",
        "{{ xs|map('replace', 'a', x)|join }}",
        "{{ 5|round(-1000000000) }}",
        "{{ x|indent(1000000000) }}",
        "{% for i in range(9999) %}{{ x|wordcount }}{% endfor %}",
        "{% for i in range(9999) %}{{ 'z' in x }}{% endfor %}",
        "{% for i in range(9999) %}{{ x }}{% endfor %}",
        "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
        "{% if 1 %}" * 900 + "{% endif %}" * 900,
        "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
        "{{ " + "-" * 20_000 + "1 }}",
        "{{ 1 }}" * 9_000,
        "x" * 65_537,
    ],
)
def test_a_template_that_would_use_up_the_machine_is_refused(template: str) -> None:
    refusal(template, x="a" * 100_000, xs=["a"] * 1_000)


@pytest.mark.parametrize(("kind", "names"), [("Filters", FILTERS), ("Tests", TESTS)])
def test_what_can_be_used_is_what_the_page_about_templates_says(kind: str, names: Iterable[str]) -> None:
    page = (ROOT / "docs/explanation/prompt-templates.md").read_text("utf-8")
    told = page.split(f"- {kind}: ")[1].split(".\n")[0]
    assert re.findall(r"`(\w+)`", told) == sorted(names)


def test_what_a_template_writes_is_bounded() -> None:
    template = PromptTemplate("{{ x }}{{ x }}")
    assert template.render({"x": "abc"}, max_characters=6) == "abcabc"
    with pytest.raises(TextNLPError, match="more than 5 characters"):
        template.render({"x": "abc"}, max_characters=5)


def test_variables_that_are_too_large_are_refused_by_their_name() -> None:
    with pytest.raises(TextNLPError) as caught:
        render("", {"x": ["a" * 600_000] * 2})
    assert caught.value.facts.field == "variables"


def test_rendering_one_row_leaves_nothing_for_the_next() -> None:
    template = PromptTemplate("{% set y = x %}{{ y }}{% for i in range(9000) %}{% endfor %}")
    assert [template.render({"x": number}) for number in range(99)] == [str(number) for number in range(99)]


_PIECES = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            " for ",
            " in ",
            " if ",
            " endfor ",
            " endif ",
            " else ",
            " set ",
            "=",
            "x",
        ),
        *(
            "xs",
            "|",
            "join",
            "list",
            "map",
            "(",
            ")",
            "[",
            "]",
            ".",
            "~",
            "+",
            "*",
            "-",
            "1",
            "'a'",
            ",",
            ":",
            "\n",
            " ",
        ),
        *(
            "range",
            "loop",
            "index",
            "not ",
            "is ",
            "defined",
            "default",
            "{",
            "}",
            "==",
            "<",
            "tojson",
            "sort",
            "with ",
        ),
    ],
)


@given(pieces=st.lists(_PIECES, max_size=25), x=VALUES, xs=VALUES)
@example(pieces=["{{", "x", "|", "sort", "}}"], x=[1, "a"], xs=None)
def test_whatever_is_written_ends_with_a_text_or_a_refusal(pieces: list[str], x: object, xs: object) -> None:
    refusals: list[TextNLPError] = []
    try:
        assert isinstance(render("".join(pieces), {"x": x, "xs": xs}), str)
    except TextNLPError as error:
        refusals.append(error)
    assert {(error.kind, error.facts.field) for error in refusals} <= {(ErrorKind.INVALID_INPUT, "template")}
