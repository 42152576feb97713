import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from textnlp.adapters.database.memory_validation_store import MemoryValidationStore
from textnlp.adapters.database.validation_store import PostgresValidationStore
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ValidationId, new_validation_id
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationKind, ValidationState
from textnlp.ports.validation_store import ValidationStore

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUMMARY: dict[str, Any] = {"rows": 3, "accepted": 2, "reasons": [{"check": "a", "examples": [{"message": "\u00e4"}]}]}


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> ValidationStore:
    if request.param == "memory":
        return MemoryValidationStore()
    return PostgresValidationStore(request.getfixturevalue("database"))


def asked(hour: int = 0, **facts: Any) -> StoredValidation:
    first = StoredValidation(
        id=new_validation_id(NOON),
        kind=ValidationKind.BATCH,
        name="prompts.csv",
        source="generations/batch/x/generations.jsonl",
        asked_at=NOON + hour * HOUR,
        tenant="a",
        caller="ann",
        checks={"checks": [{"kind": "refusal", "column": "text"}]},
    )
    return dataclasses.replace(first, **facts)


async def kind_of(store: ValidationStore, validation_id: ValidationId) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        await store.get(validation_id)
    return caught.value.kind


async def test_a_validation_is_kept_as_it_was_asked_for(store: ValidationStore) -> None:
    one = asked()
    assert await store.begin(one) == one
    assert await store.get(one.id) == one
    plain = asked(checks=None)
    assert await store.begin(plain) == plain
    assert await kind_of(store, new_validation_id(NOON)) is ErrorKind.NOT_FOUND


async def test_it_gets_on_and_ends_once(store: ValidationStore) -> None:
    one = await store.begin(asked())
    assert await store.progress(one, rows=2)
    running = await store.get(one.id)
    assert (running.state, running.rows) == (ValidationState.RUNNING, 2)
    assert await store.begin(one) == running

    assert await store.complete(one, summary=SUMMARY, at=NOON + HOUR)
    ended = await store.get(one.id)
    assert (ended.state, ended.rows, ended.summary) == (ValidationState.COMPLETED, 3, SUMMARY)
    assert (ended.ended_at, ended.is_ended) == (NOON + HOUR, True)
    assert not await store.progress(one, rows=9)
    assert not await store.fail(one, reason="Too late.", at=NOON)
    assert not await store.complete(one, summary={"rows": 0}, at=NOON)
    assert await store.begin(one) == ended


async def test_one_that_failed_begins_again(store: ValidationStore) -> None:
    one = await store.begin(asked())
    assert await store.fail(one, reason="The worker \0 died.", at=NOON)
    failed = await store.get(one.id)
    assert failed.state is ValidationState.FAILED
    assert (failed.reason or "").startswith("The worker")
    assert await store.begin(one) == one


async def test_what_ends_again_is_looked_at_again_and_the_one_before_changes_nothing_more(
    store: ValidationStore,
) -> None:
    first = await store.begin(asked())
    assert await store.complete(first, summary=SUMMARY, at=NOON)
    second = asked(1, id=first.id, name="prompts.csv", checks=None)
    assert await store.begin(second) == second
    assert await store.begin(first) == second
    assert not await store.progress(first, rows=1)
    assert not await store.fail(first, reason="Late.", at=NOON)
    assert await store.get(first.id) == second


async def test_tenants_see_their_own_only(store: ValidationStore) -> None:
    one, own, other = await store.begin(asked()), store.for_tenant("a"), store.for_tenant("b")
    assert await own.get(one.id) == one
    assert await kind_of(other, one.id) is ErrorKind.NOT_FOUND
    assert not await other.fail(one, reason="Not yours.", at=NOON)
    mine = await own.begin(asked())
    assert await own.complete(mine, summary=SUMMARY, at=NOON)
    for refused in (asked(), asked(1, id=one.id, tenant="b")):
        with pytest.raises(TextNLPError) as caught:
            await other.begin(refused)
        assert caught.value.kind is ErrorKind.FORBIDDEN
    assert await store.get(one.id) == one
