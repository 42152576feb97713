import html
import json
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from textnlp.domain.erasure.terms import read_terms
from textnlp.domain.errors import ErrorKind, TextNLPError

NAMES = ["ann@example.org", "José Ångström", 'O\'Neil "Jay"', "Straße 9", "田中 花子", "a\\b/c"]
WRITERS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "json": json.dumps,
    "json in json": lambda text: json.dumps(json.dumps(text)),
    "decomposed json": lambda text: json.dumps(unicodedata.normalize("NFD", text)),
    "raw json": lambda text: json.dumps(text, ensure_ascii=False),
    "html": html.escape,
    "address": quote,
    "spaced": lambda text: text.replace(" ", " \t\n"),
    "broken": lambda text: json.dumps(text.replace(" ", "\n")),
    "embedded": lambda text: f"xx{text}yy",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("writer", list(WRITERS))
def test_a_name_is_found_however_it_is_written(name: str, writer: str) -> None:
    assert read_terms([name]).are_in_text(WRITERS[writer](name))


def test_another_name_is_not_found() -> None:
    terms = read_terms(NAMES)
    for text in ("anne@example.org", "ann@exampleXorg", "Jose Angstrom", "Strase 9", ""):
        assert not terms.are_in_text(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=3, max_size=30))
def test_any_text_is_found_in_json_and_written_over_in_its_length(text: str) -> None:
    assume(len(text.strip()) >= 3)
    terms = read_terms([text])
    data = json.dumps({"a": text}).encode()
    assert terms.are_in(data)
    assert len(terms.overwritten(data)) == len(data)
    assert not terms.are_in(terms.overwritten(data))


def test_a_path_is_renamed_to_the_same_each_time_and_two_paths_stay_two() -> None:
    terms = read_terms(["ann smith"])
    one, other = (terms.renamed(f"prompts/batch/{name}.csv", key=b"k") for name in ("Ann Smith", "ann smith"))
    assert one == terms.renamed("prompts/batch/Ann Smith.csv", key=b"k") != other
    assert one.startswith("prompts/batch/erased-")
    assert not terms.are_in_text(one + other)


def test_hashes_are_those_of_the_same_terms_alone() -> None:
    salt = bytes(16)
    assert read_terms(["Ann  Smith", "x@y.z"]).digests(salt) == read_terms(["x@y.z", "ann smith"]).digests(salt)
    assert read_terms(["Ann Smith"]).digests(salt) != read_terms(["Ann Smit"]).digests(salt)
    assert read_terms(["Ann Smith"]).digests(salt) != read_terms(["Ann Smith"]).digests(bytes(15) + b"1")


@pytest.mark.parametrize("given", [[], ["  "], ["ab"], ["x" * 501], [f"term {n}" for n in range(101)]])
def test_terms_that_would_find_nothing_or_everything_are_refused(given: list[str]) -> None:
    with pytest.raises(TextNLPError) as caught:
        read_terms(given)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
