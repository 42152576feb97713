import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories.templates import review_draft
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.stored import MAX_VERSIONS, StoredTemplate, next_version

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def first() -> StoredTemplate:
    return next_version(review_draft(), None, at=NOON, tenant="local")


def test_the_first_version_is_1_and_says_what_it_consists_of() -> None:
    template = first()
    assert (template.version, template.created_at, template.tenant) == (1, NOON, "local")
    assert str(template.reference) == "review@1"
    assert template.sha256 == review_draft().content_sha256 == template.content_sha256


def test_the_same_content_makes_no_version() -> None:
    template = first()
    assert next_version(review_draft(), template, at=NOON + timedelta(days=1), tenant="local") is template


@pytest.mark.parametrize(
    "change", [{"text": "Other"}, {"system": None}, {"system": ""}, {"description": "Other"}, {"tests": ()}]
)
def test_whatever_differs_makes_the_next_version(change: dict[str, Any]) -> None:
    changed = dataclasses.replace(review_draft(), **change)
    template = next_version(changed, first(), at=NOON, tenant="local")
    assert template.version == 2
    assert template.sha256 != first().sha256


def test_the_order_in_which_variables_are_written_makes_no_difference() -> None:
    draft = review_draft()
    (test,) = draft.tests
    turned = dataclasses.replace(test, given=dict(reversed(list(test.given.items()))))
    assert dataclasses.replace(draft, tests=(turned,)).content_sha256 == draft.content_sha256


def test_versions_are_bounded() -> None:
    last = dataclasses.replace(first(), version=MAX_VERSIONS)
    with pytest.raises(TextNLPError) as caught:
        next_version(review_draft(text="Other"), last, at=NOON, tenant="local")
    assert caught.value.kind is ErrorKind.LIMIT_REACHED
    assert next_version(review_draft(), last, at=NOON, tenant="local") is last
