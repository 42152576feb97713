from textnlp_infra.arm.expression import ById, call, concat, used_by, written
from textnlp_infra.arm.parameter import Parameter

_EMAIL = Parameter(name="email", description="whom to tell")


def test_texts_in_a_call_are_quoted_and_numbers_and_booleans_are_not() -> None:
    assert written(call("f", "it's", 3, True), None) == "[f('it''s', 3, true())]"  # noqa: FBT003  a value of a template


def test_a_text_that_looks_like_an_expression_stays_a_text() -> None:
    assert written({"a": "[b]", "c": ["[d]", "e"]}, None) == {"a": "[[b]", "c": ["[[d]", "e"]}


def test_what_is_none_is_left_out() -> None:
    assert written({"a": None, "b": {"c": None, "d": 0}}, None) == {"b": {"d": 0}}


def test_what_an_expression_is_made_from_is_found_wherever_it_stands() -> None:
    address = concat("mailto:", _EMAIL.value)
    assert written({"to": address}, None) == {"to": "[concat('mailto:', parameters('email'))]"}
    assert list(used_by({"people": [{"to": address, "name": "text"}], "n": 1})) == [_EMAIL]


def test_keys_that_are_ids_are_expressions() -> None:
    assert written({"identities": ById((_EMAIL.value,))}, None) == {"identities": {"[parameters('email')]": {}}}
    assert list(used_by(ById((_EMAIL.value,)))) == [_EMAIL]


def test_a_part_of_a_value_is_asked_for_by_its_path() -> None:
    assert written(call("subscription").property("tenantId"), None) == "[subscription().tenantId]"
