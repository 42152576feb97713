"""Reviews on a served platform, with scripts in their rows and guidelines."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.browser.planted_dataset import SCRIPT
from textnlp.application.create_review import SourceRow, create_review
from textnlp.application.review_ports import ReviewCaller
from textnlp.bootstrap.platform import Platform
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.review.document import read_review_document
from textnlp.domain.review.model import Review

TWO_QUESTIONS: Mapping[str, Any] = {
    "quality": {"kind": "rating", "title": "How good is it?"},
    "tone": {"kind": "label", "labels": ["warm", "neutral", "cold"], "description": f"Of the reply. {SCRIPT}"},
}


async def plant_review(
    platform: Platform,
    *,
    rows: Sequence[Mapping[str, Any]],
    questions: Mapping[str, Any] = TWO_QUESTIONS,
    **further: Any,
) -> Review:
    """Put rows under review as somebody who asks for no credentials does."""
    document = {
        "name": "replies",
        "guidelines": f"# Before you answer\n\nRead **all** of it. {SCRIPT}\n\n## Marks\n\n- 5 is very good",
        "questions": questions,
        **further,
    }
    return await create_review(
        platform.review_ports,
        read_review_document(document),
        [SourceRow(row_id=str(number), row=row) for number, row in enumerate(rows)],
        caller=ReviewCaller(name="anybody", tenant=LOCAL_TENANT),
    )


def replies(count: int) -> list[dict[str, Any]]:
    """Return rows with a prompt and a reply."""
    return [{"prompt": f"Praise kettle {number}.", "reply": f"It boils. {SCRIPT}"} for number in range(count)]
