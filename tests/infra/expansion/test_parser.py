import pytest

from textnlp.domain.errors import TextNLPError
from textnlp_infra.expansion.parser import Call, Literal, Part, is_expression, parse


def test_calls_texts_numbers_and_parts_are_read() -> None:
    assert parse("f('it''s', -3, g().a[0])") == Call(
        "f", (Literal("it's"), Literal(-3), Part(Part(Call("g", ()), Literal("a")), Literal(0)))
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("f('a'", "',' is expected at character 5"),
        ("f('a' 'b')", "',' is expected"),
        ("f()g", "an end is expected"),
        ("f(,)", "a value is expected"),
        ("f", "'(' is expected"),
        ("f().'a'", "a name is expected"),
        ("f(#)", "cannot be read from character 2"),
        ("", "a value is expected"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(TextNLPError, match=r"expression \[") as raised:
        parse(text)
    assert told in raised.value.message


@pytest.mark.parametrize(("text", "expected"), [("[f()]", True), ("[[f()]", False), ("f()", False), ("[f", False)])
def test_an_escaped_text_is_no_expression(text: str, expected: bool) -> None:  # noqa: FBT001  a table's column
    assert is_expression(text) is expected
