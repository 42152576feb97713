from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from textnlp.adapters.documents.yaml_document import MAX_BYTES, YamlDocument, keys_at, written
from textnlp.domain.errors import ErrorKind, TextNLPError


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    weight: float
    length: int | None = None


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parts: dict[str, list[Inner]] = {}
    only: Inner | None = None


def document(folder: Path, text: str) -> YamlDocument:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return YamlDocument(path)


def refusal(folder: Path, text: str) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        document(folder, text).validated(Outer)
    return caught.value


def test_a_document_is_read_into_its_shape_and_an_empty_one_too(tmp_path: Path) -> None:
    assert document(tmp_path, "parts:\n  a:\n  - {weight: 2}\n").validated(Outer).parts["a"][0].weight == 2
    assert document(tmp_path, "").validated(Outer) == Outer()


@pytest.mark.parametrize(
    ("text", "line", "column", "field", "said"),
    [
        ("parts:\n  a:\n  - weigth: 2\n", 3, 5, "parts.a[0].weigth", "did you mean 'weight'?"),
        ("parts:\n  a:\n  - {weight: 1, zzz: 2}\n", 3, 17, "parts.a[0].zzz", "known are length, weight"),
        ("only: {weight: 1, lenght: 2}\n", 1, 19, "only.lenght", "did you mean 'length'?"),
        ("prats: {}\n", 1, 1, "prats", "did you mean 'parts'?"),
        ("parts:\n  a:\n  - length: 1\n", 3, 5, "parts.a[0].weight", "field required"),
        ("parts:\n  a: 7\n", 2, 3, "parts.a", "valid list"),
        ("parts:\n  a: []\n  a: []\n", 3, 3, "parts.a", "stands here twice"),
        ("- 1\n", 1, 1, None, "valid dictionary"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, text: str, line: int, column: int, field: str | None, said: str
) -> None:
    error = refusal(tmp_path, text)
    assert (error.kind, error.facts.field) == (ErrorKind.INVALID_INPUT, field)
    assert (error.facts.line, error.facts.column) == (line, column)
    assert f"models.yaml:{line}:{column}: " in error.message
    assert said in error.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parts: {a: [\n", "no YAML"),
        ("parts: \x00\n", "no YAML"),
        ("parts: &x {}\nonly: *x\n", "anchors"),
        ("!!python/object/apply:os.system [true]\n", "no YAML"),
        ("a: 1\n---\nb: 2\n", "no YAML"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_plain_document_is_refused(tmp_path: Path, text: str, said: str) -> None:
    error = refusal(tmp_path, text)
    assert error.kind is ErrorKind.INVALID_INPUT
    assert said in error.message


def test_a_file_that_is_not_there_or_too_large_says_so(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="cannot be read: No such file") as missing:
        YamlDocument(tmp_path / "absent.yaml")
    with pytest.raises(TextNLPError, match="larger than") as large:
        document(tmp_path, "#" * (MAX_BYTES + 1))
    assert (missing.value.kind, large.value.kind) == (ErrorKind.NOT_FOUND, ErrorKind.TOO_LARGE)


def test_places_are_written_as_people_read_them() -> None:
    assert written(("models", "chat", "fallback", 1)) == "models.chat.fallback[1]"
    assert keys_at(Outer, ()) == ["only", "parts"]
    assert keys_at(Outer, ("parts", "a", 0)) == keys_at(Outer, ("only",)) == ["length", "weight"]
    assert keys_at(Outer, ("parts", "a")) == []
