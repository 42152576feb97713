from typing import Any

import pytest

from textnlp_infra.expansion.functions import FUNCTIONS
from textnlp_infra.expansion.values import RuntimeValue


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("concat", ("a", 1, "b"), "a1b"),
        ("concat", (["a"], ["b"]), ["a", "b"]),
        ("format", ("{0}-{1}-{0}", "a", 2), "a-2-a"),
        ("union", ({"a": 1, "b": 2}, {"b": 3}), {"a": 1, "b": 3}),
        ("union", (["a", "b"], ["b", "c"]), ["a", "b", "c"]),
        ("createobject", ("a", 1, "b", [2]), {"a": 1, "b": [2]}),
        ("createarray", (1, 2), [1, 2]),
        ("equals", ("A", "a"), True),
        ("equals", (1, 2), False),
        ("contains", ({"a": 1}, "a"), True),
        ("substring", ("abcdef", 2, 3), "cde"),
        ("take", ("abc", 2), "ab"),
        ("skip", ([1, 2, 3], 2), [3]),
        ("split", ("a/b", "/"), ["a", "b"]),
        ("join", (["a", 1], "-"), "a-1"),
        ("coalesce", (None, "b"), "b"),
        ("padleft", (7, 3, "0"), "007"),
        ("range", (2, 3), [2, 3, 4]),
        ("max", ([1, 3, 2],), 3),
        ("min", (2, 1), 1),
        ("div", (7, 2), 3),
        ("mod", (7, 2), 1),
        ("endswith", ("abC", "BC"), True),
        ("indexof", ("abc", "C"), 2),
        ("intersection", ([1, 2], [2, 3]), [2]),
        ("array", ("a",), ["a"]),
        ("bool", ("True",), True),
        ("json", ('{"a": 1}',), {"a": 1}),
        ("base64", ("text",), "dGV4dA=="),
        ("string", ({"a": [1]},), '{"a":[1]}'),
        ("and", (True, False), False),
        ("or", (True, False), True),
        ("empty", ("",), True),
        ("uricomponent", ("a b/c",), "a%20b%2Fc"),
    ],
)
def test_a_function_does_what_its_reference_says(name: str, arguments: tuple[Any, ...], value: object) -> None:
    assert FUNCTIONS[name](*arguments) == value


def test_ids_and_hashes_depend_on_all_their_parts_and_on_nothing_else() -> None:
    guid, unique = FUNCTIONS["guid"], FUNCTIONS["uniquestring"]
    assert guid("a", "b") == guid("a", "b") != guid("b", "a")
    assert len(unique("a")) == 13
    assert unique("a") == unique("a") != unique("b")


def test_what_is_made_of_a_value_known_later_is_known_later() -> None:
    later = RuntimeValue("reference(x).host")
    assert isinstance(FUNCTIONS["concat"]("https://", later), RuntimeValue)
    assert isinstance(FUNCTIONS["format"]("https://{0}", later), RuntimeValue)
    assert not isinstance(FUNCTIONS["concat"]("https://", "host"), RuntimeValue)
