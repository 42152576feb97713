from textnlp.domain.reports.field_values import field_values


def test_objects_are_divided_into_their_fields_down_to_three_levels() -> None:
    rows = [{"a": 1, "b": {"c": {"d": {"e": 5}}, "f": "x"}}, {"b": None, "g": True}, {"b": {"f": "y"}}]
    assert field_values(rows) == {
        "a": [1, None, None],
        "b.c.d": [{"e": 5}, None, None],
        "b.f": ["x", None, "y"],
        "g": [None, True, None],
    }


def test_objects_among_other_values_and_empty_ones_stay_whole() -> None:
    assert field_values([{"a": {"b": 1}}, {"a": 2}]) == {"a": [{"b": 1}, 2]}
    assert field_values([{"a": {}}]) == {"a": [{}]}
    assert field_values([]) == {}


def test_the_number_of_columns_is_bounded() -> None:
    assert len(field_values([{str(number): number for number in range(500)}])) == 200
    assert len(field_values([{f"a{number}": {str(n): n for n in range(50)} for number in range(20)}])) <= 200
