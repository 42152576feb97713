import datetime as dt
from pathlib import Path

import msgspec
import pytest

from textnlp.client.call import Call, Upload, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.domain.errors import ErrorKind, TextNLPError


class Colour(OpenEnum):
    RED = "red"


class Body(msgspec.Struct, omit_defaults=True):
    prompt: str
    stop: list[str] | None = None


def test_a_query_is_written_as_the_platform_reads_it() -> None:
    query = {"a": None, "b": True, "c": [1, 2], "d": dt.date(2027, 3, 5), "e": Colour.RED, "f": "x", "g": []}
    pairs = Call(method="GET", path="/", query=query).parameters()
    assert pairs == [("b", "true"), ("c", "1"), ("c", "2"), ("d", "2027-03-05"), ("e", "red"), ("f", "x")]


def test_a_body_leaves_out_what_is_not_given_and_gets_what_the_method_sets() -> None:
    assert Call(method="POST", path="/", body=Body("x")).content() == b'{"prompt":"x"}'
    asked = Call(method="POST", path="/", body=Body("x"), members={"stream": True})
    assert msgspec.json.decode(asked.content() or b"") == {"prompt": "x", "stream": True}
    assert asked.headers()["Content-Type"] == "application/json"
    assert Call(method="GET", path="/").content() is None


def test_the_fields_of_a_form_repeat_where_there_are_several() -> None:
    assert Call(method="POST", path="/", fields=Body("x", ["a", "b"])).form() == {"prompt": ["x"], "stop": ["a", "b"]}
    assert Call(method="POST", path="/", fields={"scope": ""}).form() == {"scope": [""]}
    assert Call(method="POST", path="/", upload=Upload(Path("x"))).form() == {}
    assert Call(method="POST", path="/").form() is None


def test_each_call_has_a_key_of_its_own_where_the_platform_takes_one() -> None:
    call = Call(method="POST", path="/", takes_key=True)
    assert call.headers()["Idempotency-Key"] != call.headers()["Idempotency-Key"]
    assert "Idempotency-Key" not in Call(method="POST", path="/").headers()
    assert [Call(method=name, path="/").is_repeatable for name in ("GET", "POST", "DELETE")] == [True, False, False]
    assert call.is_repeatable


def test_a_file_is_sent_under_its_name_or_another(tmp_path: Path) -> None:
    path = tmp_path / "prompts.txt"
    path.write_text("One")
    with Upload(path).opened() as file:
        assert Upload(path).part(file)[0] == "prompts.txt"
        assert Upload(path, "other.csv").part(file)[0] == "other.csv"
        assert file.read() == b"One"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match=r"Cannot read .*absent\.txt") as refused:
        Upload(tmp_path / "absent.txt").opened()
    assert (refused.value.kind, refused.value.facts.field) == (ErrorKind.INVALID_INPUT, "file")


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_parameter_cannot_lead_to_another_path(value: str) -> None:
    assert segment("a b/../c") == "a%20b%2F..%2Fc"
    with pytest.raises(TextNLPError):
        segment(value)
