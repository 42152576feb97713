import re
from datetime import UTC, datetime, timedelta

from textnlp.domain.identifiers import (
    new_batch_id,
    new_budget_id,
    new_chat_completion_id,
    new_client_id,
    new_generation_id,
    new_request_id,
    new_usage_id,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_an_id_says_what_it_is_and_is_never_given_twice() -> None:
    ids = {new_batch_id(NOON) for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"batch_[0-9a-hjkmnp-tv-z]{26}", one) for one in ids)
    assert new_client_id(NOON).startswith("client_")
    assert re.fullmatch(r"chatcmpl-[0-9a-hjkmnp-tv-z]{26}", new_chat_completion_id(NOON))
    assert new_generation_id(NOON).startswith("gen_")
    assert new_request_id(NOON).startswith("req_")
    assert new_budget_id(NOON).startswith("budget_")
    assert new_usage_id(NOON).startswith("use_")


def test_ids_sort_by_the_time_of_their_making() -> None:
    ids = [new_batch_id(NOON + timedelta(milliseconds=number)) for number in range(50)]
    assert ids == sorted(ids)
