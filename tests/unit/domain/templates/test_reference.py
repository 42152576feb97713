import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.reference import (
    TemplateReference,
    is_name,
    is_pinned_reference,
    no_such_template,
    parse_reference,
    parse_version,
)

NAMES = st.from_regex(r"\A[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9_-])?\Z")


@given(NAMES, st.none() | st.integers(1, 999_999_999))
def test_a_reference_is_read_as_it_was_written(name: str, version: int | None) -> None:
    reference = TemplateReference(name, version)
    assert parse_reference(str(reference)) == reference
    assert is_pinned_reference(str(reference))
    assert is_name(name)


def test_a_name_alone_means_the_latest_version() -> None:
    assert parse_reference("review") == parse_reference("review@latest") == TemplateReference("review")
    assert not is_pinned_reference("review")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "@",
            "@3",
            "Review@1",
            ".a",
            "-a",
            "a.",
            "a/b@1",
            "..",
            "a\n",
            "a b",
            "é",
            "a" * 101,
            "a@",
            "a@0",
            "a@01",
        ),
        *("a@-1", "a@1.0", "a@newest", "a@1@2", "a@1\n", "a@²", "a@" + "9" * 10),
    ],
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        parse_reference(text)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "reference"
    assert not is_pinned_reference(text)


@pytest.mark.parametrize("name", ["", "..", "../review", "@acme", "a/b", "Review"])
def test_no_reference_has_a_name_that_leads_elsewhere(name: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        TemplateReference(name, 1)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize("text", ["0", "01", "one", "1\n", "", "9" * 10])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        parse_version(text)
    assert caught.value.facts.field == "version"


def test_what_is_not_there_is_told_with_what_is() -> None:
    error = no_such_template(TemplateReference("review", 9), latest=3)
    assert error.full_text == "Template 'review' has no version 9. Its versions are 1 to 3."
    assert no_such_template(TemplateReference("review")).full_text == "There is no template 'review'."
