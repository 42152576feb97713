import json
from pathlib import Path

import pytest

from textnlp.adapters.engines.llama_server import (
    ServerSize,
    choose_size,
    guidance_grammar,
    load_server,
    without_space,
)
from textnlp.domain.errors import ErrorKind, TextNLPError

SIZE = ServerSize(slots=1, threads=1, context_tokens=512)


@pytest.mark.parametrize(
    ("cores", "slots", "threads"),
    [(1, 4, 1), (2, 8, 2), (4, 8, 4), (8, 8, 4), (64, 8, 8)],
)
def test_slots_and_threads_follow_the_cores(cores: int, slots: int, threads: int) -> None:
    assert choose_size(cores=cores) == ServerSize(slots=slots, threads=threads, context_tokens=2048)


def test_what_is_given_is_kept_as_long_as_it_brings_something() -> None:
    assert choose_size(cores=2, slots=3, threads=1, context_tokens=512) == ServerSize(
        slots=3,
        threads=1,
        context_tokens=512,
    )
    assert choose_size(cores=2, slots=4096).slots == 16


def test_a_schema_becomes_a_grammar_without_room_for_blanks() -> None:
    head, _, schema = guidance_grammar({"type": "integer"}).partition("start: %json ")
    assert head == "%llguidance {}\n"
    written = json.loads(schema)
    assert written["type"] == "integer"
    assert written["x-guidance"]["whitespace_flexible"] is False
    assert written["x-guidance"]["item_separator"] == ","


def test_white_space_is_taken_out_of_a_gbnf_grammar_and_nothing_else() -> None:
    grammar = 'root ::= "{" space "}" space\nspace ::= | " " | "\\n"{1,2} [ \\t]{0,20}\nkey ::= "space ::= x"\n'
    assert without_space(grammar) == 'root ::= "{" space "}" space\nspace ::= ""\nkey ::= "space ::= x"\n'


def test_a_missing_model_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        load_server(tmp_path / "missing.gguf", SIZE)
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert "textnlp model pull" in caught.value.full_text


def test_a_file_of_another_kind_is_refused_before_llama_cpp_sees_it(tmp_path: Path) -> None:
    other = tmp_path / "model.gguf"
    other.write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(TextNLPError) as caught:
        load_server(other, SIZE)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize(
    ("missing", "remedy"),
    [
        ("libgomp.so.1: cannot open shared object file: No such file or directory", "libgomp1"),
        ("No module named 'xllamacpp'", "--base-url"),
    ],
)
def test_what_llama_cpp_lacks_is_named_with_its_remedy(
    missing: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise ImportError(missing)

    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF")
    monkeypatch.setattr("importlib.import_module", fail)
    with pytest.raises(TextNLPError) as raised:
        load_server(model, SIZE)
    assert raised.value.kind is ErrorKind.UNAVAILABLE
    assert missing in str(raised.value)
    assert remedy in (raised.value.facts.hint or "")
