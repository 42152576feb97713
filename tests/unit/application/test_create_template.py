import dataclasses

import pytest

from tests.factories.memory_platform import CLOCK
from tests.factories.templates import review_draft
from textnlp.adapters.templates.memory import MemoryTemplateStore
from textnlp.application.create_template import create_template
from textnlp.application.render_template import render_template
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.templates.compiled import RenderedTemplate
from textnlp.domain.templates.reference import TemplateReference
from textnlp.domain.templates.stored import TemplateDraft


async def refused(draft: TemplateDraft) -> TextNLPError:
    store = MemoryTemplateStore()
    with pytest.raises(TextNLPError) as caught:
        await create_template(store, draft, clock=CLOCK)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert await store.page() == []
    return caught.value


async def test_a_version_is_stored_and_can_be_rendered() -> None:
    store = MemoryTemplateStore()
    made = await create_template(store, review_draft(), clock=CLOCK)
    variables = {"product": "kettle", "language": "French"}
    template, rendered = await render_template(store, TemplateReference("review"), variables)
    assert template == made
    assert rendered == RenderedTemplate(prompt="Review the kettle.", system="You write in French.")


async def test_what_fails_its_own_test_is_not_stored() -> None:
    error = await refused(review_draft(text="Review the pan."))
    assert error.message == "Test 'a kettle' of the template fails: 'the kettle' is missing."
    assert error.facts.field == "tests[0]"


async def test_what_cannot_be_read_is_not_stored() -> None:
    assert (await refused(dataclasses.replace(review_draft(), system="{{"))).facts.field == "system"
