import msgspec

from textnlp.client.open_enum import OpenEnum


class Colour(OpenEnum):
    RED = "red"


def test_a_word_that_is_not_known_is_taken_as_it_is() -> None:
    assert msgspec.json.decode(b'["red", "green"]', type=list[Colour]) == ["red", "green"]
    assert msgspec.json.decode(b'"red"', type=Colour) is Colour.RED
    assert Colour("green") == "green"
    assert Colour("green").value == "green"
