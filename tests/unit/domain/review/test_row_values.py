from textnlp.domain.review.row_values import number_at, text_at, value_at

ROW = {"a": {"b": {"score": 2}}, "a.b": "dotted", "text": "x", "yes": True, "list": [1]}


def test_full_stops_lead_into_objects_unless_a_column_has_them() -> None:
    assert value_at(ROW, "a.b.score") == 2
    assert value_at(ROW, "a.b") == "dotted"
    assert value_at(ROW, "list.0") is None
    assert value_at(ROW, "nothing.here") is None


def test_numbers_and_texts_are_told_from_other_values() -> None:
    assert number_at({"j": {"score": 3}}, "j") == 3.0
    assert number_at(ROW, "yes") is None
    assert number_at(ROW, "text") is None
    assert text_at(ROW, "text") == "x"
    assert text_at(ROW, "yes") is None
