import dataclasses

import msgspec
import pytest

from tests.factories.memory_platform import CLOCK
from tests.factories.templates import review_draft
from textnlp.adapters.templates.memory import MemoryTemplateStore
from textnlp.api.schemas import template as served
from textnlp.cli.local_templates import LocalTemplates, body_of, report_on
from textnlp.client.templates import TemplateRender
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.reference import TemplateReference

VARIABLES = {"product": "kettle", "language": "French"}


@pytest.fixture
def store() -> MemoryTemplateStore:
    return MemoryTemplateStore()


@pytest.fixture
def templates(store: MemoryTemplateStore) -> LocalTemplates:
    return LocalTemplates(store, clock=CLOCK)


async def test_templates_look_as_those_of_a_platform(store: MemoryTemplateStore, templates: LocalTemplates) -> None:
    made = await templates.create(review_draft())
    stored = await store.get(TemplateReference("review"))
    assert msgspec.to_builtins(made) == msgspec.to_builtins(served.read_template(stored))
    assert await templates.show_version("review", "1") == made
    latest = await templates.show("review")
    assert msgspec.to_builtins(latest) == msgspec.to_builtins(served.read_latest(stored, [1]))
    rendered = await templates.render("review@1", TemplateRender(variables=VARIABLES))
    assert (rendered.reference, rendered.prompt, rendered.system) == (
        "review@1",
        "Review the kettle.",
        "You write in French.",
    )
    report = await templates.test("review")
    assert (report.reference, report.passed, len(report.findings)) == ("review@1", True, 1)


async def test_templates_are_listed_page_by_page(templates: LocalTemplates) -> None:
    for name in ("b", "a", "c"):
        await templates.create(review_draft(name))
    first = await templates.list(limit=2, after=None)
    rest = await templates.list(limit=2, after=first.next_after)
    assert [[each.name for each in page.templates] for page in (first, rest)] == [["a", "b"], ["c"]]
    assert (first.next_after, rest.next_after) == ("b", None)


async def test_what_is_not_there_is_not_found(templates: LocalTemplates) -> None:
    with pytest.raises(TextNLPError) as caught:
        await templates.test("review@1")
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_draft_is_sent_as_it_is() -> None:
    sent = msgspec.json.encode(body_of(review_draft()))
    assert msgspec.json.decode(sent, type=served.TemplateCreate).draft() == review_draft()


async def test_a_report_tells_of_failures_without_a_store() -> None:
    report = await report_on(dataclasses.replace(review_draft(), text="Review the pan."), title="pan.yaml")
    (finding,) = report.findings
    assert (report.reference, report.passed) == ("pan.yaml", False)
    assert (finding.missing, finding.prompt, finding.error) == (["the kettle"], "Review the pan.", None)
