"""What every store of templates does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories.templates import review_draft
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.templates.blob_store import BlobTemplateStore
from textnlp.adapters.templates.memory import MemoryTemplateStore
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.reference import TemplateReference
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.template_store import TemplateStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DOCUMENT = "prompts/templates/review/1.json"
SYSTEM_PROMPT = "prompts/system/review/1.txt"


@pytest.fixture(params=["object store", "folder"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BlobStore]:
    is_folder = request.param == "folder"
    opened: BlobStore = local_blob_store(tmp_path, clock=SystemClock()) if is_folder else memory_blob_store()
    yield opened
    await opened.aclose()


@pytest.fixture(params=["memory", "object store", "folder"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TemplateStore]:
    if request.param == "memory":
        yield MemoryTemplateStore()
        return
    is_folder = request.param == "folder"
    opened: BlobStore = local_blob_store(tmp_path, clock=SystemClock()) if is_folder else memory_blob_store()
    yield BlobTemplateStore(opened)
    await opened.aclose()


async def test_a_version_is_returned_as_it_was_created(store: TemplateStore) -> None:
    made = await store.create(review_draft(), at=NOON)
    assert (made.version, made.created_at, made.tenant) == (1, NOON, "local")
    assert made.text == review_draft().text
    assert made.tests == review_draft().tests
    for reference in (TemplateReference("review"), TemplateReference("review", 1)):
        assert await store.get(reference) == made


async def test_versions_count_up_and_stay_as_they_are(store: TemplateStore) -> None:
    texts = ["One", "Two", "One"]
    made = [await store.create(review_draft(text=text), at=NOON) for text in texts]
    assert [template.version for template in made] == [1, 2, 3]
    assert await store.versions("review") == [1, 2, 3]
    assert [(await store.get(template.reference)).text for template in made] == texts
    assert await store.get(TemplateReference("review")) == made[-1]


async def test_creating_what_the_latest_version_says_makes_none(store: TemplateStore) -> None:
    made = await store.create(review_draft(), at=NOON)
    assert await store.create(review_draft(), at=datetime.now(UTC)) == made
    assert await store.versions("review") == [1]


async def test_what_many_create_at_once_is_stored_once_each_without_gaps(store: TemplateStore) -> None:
    drafts = [review_draft(text=f"Text {number % 10}") for number in range(20)]
    made = await asyncio.gather(*(store.create(draft, at=NOON) for draft in drafts))
    versions = await store.versions("review")
    assert versions == list(range(1, len(versions) + 1))
    assert {template.version for template in made} == set(versions)
    for draft, template in zip(drafts, made, strict=True):
        assert template.text == draft.text
        assert await store.get(template.reference) == template


async def test_what_many_create_alike_at_once_is_one_version(store: TemplateStore) -> None:
    made = await asyncio.gather(*(store.create(review_draft(), at=NOON) for _ in range(10)))
    assert {template.version for template in made} == {1}


async def test_a_name_that_leads_elsewhere_is_refused(store: TemplateStore) -> None:
    await store.for_tenant("acme").create(review_draft(), at=NOON)
    with pytest.raises(TextNLPError) as caught:
        await store.versions("@acme/review")
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_templates_are_listed_by_name_with_their_latest_version_page_by_page(store: TemplateStore) -> None:
    for name in ("b", "a-b", "a", "a.b"):
        await store.create(review_draft(name), at=NOON)
    for number in range(11):
        await store.create(review_draft("a", text=f"Text {number}"), at=NOON)
    listed: list[str] = []
    after: str | None = None
    while page := await store.page(after=after, limit=3):
        listed += [str(template.reference) for template in page]
        after = page[-1].name
    assert listed == ["a@12", "a-b@1", "a.b@1", "b@1"]


async def test_what_is_not_there_is_not_found(store: TemplateStore) -> None:
    await store.create(review_draft(), at=NOON)
    assert await store.page(after="review") == []
    for call in (
        store.get(TemplateReference("review", 2)),
        store.get(TemplateReference("revie")),
        store.get(TemplateReference("revie", 1)),
        store.versions("revie"),
    ):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.NOT_FOUND


@pytest.mark.parametrize("tenant", ["acme", "review", "../..", "A b/ü", "local/", "t" * 300])
async def test_a_tenant_sees_nothing_of_another(store: TemplateStore, tenant: str) -> None:
    other = store.for_tenant(tenant)
    await store.create(review_draft(), at=NOON)
    assert await other.page() == []
    with pytest.raises(TextNLPError) as caught:
        await other.get(TemplateReference("review", 1))
    assert caught.value.kind is ErrorKind.NOT_FOUND
    made = await other.create(review_draft(text="Theirs"), at=NOON)
    assert (made.version, made.tenant) == (1, tenant)
    assert await other.page() == [await store.for_tenant(tenant).get(made.reference)]
    assert [template.text for template in await store.page()] == [review_draft().text]
    assert (await other.for_tenant("local").get(made.reference)).text == review_draft().text


async def test_documents_and_system_prompts_lie_where_they_belong(blobs: BlobStore) -> None:
    store = BlobTemplateStore(blobs)
    made = await store.create(review_draft(), at=NOON)
    paths = [entry.path async for entry in blobs.entries()]
    assert paths == [SYSTEM_PROMPT, DOCUMENT]
    assert (await blobs.get(SYSTEM_PROMPT)).decode() == made.system


async def test_a_system_prompt_that_was_not_written_comes_with_the_next_attempt(blobs: BlobStore) -> None:
    store = BlobTemplateStore(blobs)
    made = await store.create(review_draft(), at=NOON)
    await blobs.delete(SYSTEM_PROMPT)
    assert await store.create(review_draft(), at=NOON) == made
    assert (await blobs.get(SYSTEM_PROMPT)).decode() == made.system


async def test_a_document_that_somebody_changed_is_not_used(blobs: BlobStore) -> None:
    store = BlobTemplateStore(blobs)
    await store.create(review_draft(), at=NOON)
    document = await blobs.get(DOCUMENT)
    await blobs.put(DOCUMENT, document.replace(b"Review the", b"Praise the"))
    for reference in (TemplateReference("review"), TemplateReference("review", 1)):
        with pytest.raises(TextNLPError) as caught:
            await store.get(reference)
        assert caught.value.kind is ErrorKind.CONFLICT


async def test_what_else_lies_among_the_documents_is_no_template(blobs: BlobStore) -> None:
    store = BlobTemplateStore(blobs)
    for path in ("notes.txt", "review/notes.txt", "review/draft.json", "Other/1.json"):
        await blobs.put(f"prompts/templates/{path}", b"Mine.")
    made = await store.create(review_draft(), at=NOON)
    assert made.version == 1
    assert await store.page() == [made]
