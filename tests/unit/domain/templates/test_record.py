import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.templates import review_draft
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.draft_rules import checked_draft
from textnlp.domain.templates.record import decode_template, encode_template
from textnlp.domain.templates.reference import TemplateReference
from textnlp.domain.templates.stored import StoredTemplate, TemplateDraft, TemplateTest, next_version

NOON = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=9,
)


def stored(draft: TemplateDraft) -> StoredTemplate:
    return next_version(draft, None, at=NOON, tenant="acme")


@given(st.dictionaries(st.text(), JSON, max_size=4), st.text(max_size=9))
def test_a_version_is_read_as_it_was_written(variables: dict[str, Any], description: str) -> None:
    test = TemplateTest(name="t", given=variables, expect=("a",))
    draft = TemplateDraft(name="review", text="{{ a }}", description=description, tests=(test,))
    template = stored(checked_draft(draft))
    assert decode_template(encode_template(template), reference=template.reference, tenant="acme") == template


@pytest.mark.parametrize(
    "change", [{"text": "Other"}, {"name": "other"}, {"version": 2}, {"tenant": "local"}, {"tests": []}, {"text": 7}]
)
def test_a_version_that_was_changed_is_not_believed(change: dict[str, Any]) -> None:
    template = stored(review_draft())
    document = json.dumps(json.loads(encode_template(template)) | change).encode()
    with pytest.raises(TextNLPError, match="review@1 was changed") as caught:
        decode_template(document, reference=template.reference, tenant="acme")
    assert caught.value.kind is ErrorKind.CONFLICT


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_document_is_told_apart(document: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_template(document, reference=TemplateReference("review", 1), tenant="acme")
    assert caught.value.kind is ErrorKind.CONFLICT
