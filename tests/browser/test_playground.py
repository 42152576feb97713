"""The playground in a browser: prompts tried with models side by side, and what is made of them."""

import json

from playwright.async_api import Browser, Route, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.test_batches import SCRIPT
from tests.browser.visitor import visit
from textnlp.application.create_template import create_template
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.domain.templates.stored import TemplateDraft


async def test_a_prompt_is_answered_by_two_models_side_by_side_word_by_word(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console")
        await page.get_by_role("link", name="Try a prompt").first.click()
        await page.get_by_label("Prompt", exact=True).fill(f"Write a slogan for a kettle. {SCRIPT}")
        await page.get_by_label("Model", exact=True).select_option(SCRIPTED_MODEL)
        await page.get_by_label("Beside it").select_option(SCRIPTED_MODEL)
        await page.get_by_role("button", name="Ask").click()
        answers = page.locator("article.answer")
        await expect(answers).to_have_count(2)
        for number in range(2):
            await expect(answers.nth(number)).to_contain_text("Write a slogan for a kettle.")
            await expect(answers.nth(number)).to_contain_text("Ended bystop")
            await expect(answers.nth(number)).to_contain_text("Cost$0.00")
        await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
        await page.get_by_text("The same call from a program").click()
        await expect(page.locator("#snippet-curl")).to_contain_text("/api/v1/generate")
        await expect(page.locator("#snippet-python")).to_contain_text("requests.post")
        await visitor.keep_picture("playground-answered")
        assert await visitor.examine() == []
        assert await page.evaluate("window.broken") is None


async def test_a_fault_is_told_where_people_look_and_a_conversation_is_gone_on_with(
    browser: Browser, console: Console
) -> None:
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/playground")
        await page.get_by_role("button", name="Ask").click()
        await expect(page.get_by_role("alert")).to_contain_text("Give one of prompt, messages and template.")
        await page.get_by_text("A conversation in place of the prompt").click()
        await page.get_by_label("Turns").fill("no turn at all")
        await page.get_by_role("button", name="Ask").click()
        await expect(page.get_by_role("alert")).to_contain_text("Begin each turn on a line of its own")
        await page.get_by_label("Turns").fill("user: Hello\nassistant: Hi\nuser: And now?")
        await page.get_by_label("Turns").press("Control+Enter")
        await expect(page.locator("article.answer")).to_contain_text("Ended by")
        visitor.faults = [fault for fault in visitor.faults if "status of 422" not in fault]


async def test_answers_that_take_too_long_are_stopped(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url) as visitor:
        page = visitor.page

        async def keep_waiting(_: Route) -> None:
            """Answer nothing, as a model that is busy does."""

        await page.route("**/console/playground/stream", keep_waiting)
        await visitor.open("/console/playground")
        await page.get_by_label("Prompt", exact=True).fill("Write a slogan.")
        await page.get_by_label("Beside it").select_option(SCRIPTED_MODEL)
        await page.get_by_role("button", name="Ask").click()
        await expect(page.locator("article.answer[aria-busy]")).to_have_count(2)
        await page.get_by_role("button", name="Stop").click()
        await expect(page.get_by_text("Stopped.")).to_have_count(2)
        await expect(page.get_by_role("button", name="Stop")).to_be_hidden()


async def test_a_template_is_tried_with_values_and_becomes_a_batch_and_a_recipe(
    browser: Browser, console: Console
) -> None:
    draft = TemplateDraft(name="slogan", text="Write a slogan for a {{ product }}.", system="You are brief.")
    await create_template(console.platform.templates, draft, clock=console.platform.clock)
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/playground")
        await page.get_by_text("A stored template in place of the prompt").click()
        await page.get_by_label("Template").select_option("slogan@1")
        await page.get_by_label("product").fill("kettle")
        await page.get_by_label("Temperature").fill("0.5")
        await page.get_by_role("button", name="Ask").click()
        await expect(page.locator("article.answer")).to_contain_text("Ended by")
        await page.get_by_role("button", name="Make it a recipe").click()
        await expect(page.get_by_text("The recipe can be run.")).to_be_visible()
        await expect(page.get_by_label("In YAML or JSON")).to_have_value(
            "name: from-the-playground\nmodels:\n  default:\n    model: scripted\n    temperature: 0.5\ncolumns:\n"
            "  product:\n    kind: category\n    values:\n    - kettle\n  answer:\n    kind: text\n"
            "    template: slogan@1\naccept:\n  rows: 20\n"
        )
        await visitor.open("/console/playground?template=slogan@1")
        await page.get_by_label("product").fill("kettle")
        await page.get_by_role("button", name="Make it a batch").click()
        line = json.loads(await page.get_by_label("Or prompts themselves").input_value())
        assert [turn["content"] for turn in line["messages"]] == ["You are brief.", "Write a slogan for a kettle."]
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text("1 of 1 rows")).to_be_visible()
        await expect(page.get_by_role("heading", name="prompts.jsonl")).to_be_visible()


async def test_the_playground_answers_without_scripts(browser: Browser, console: Console) -> None:
    async with visit(browser, console.url, scripts=False) as visitor:
        page = visitor.page
        await visitor.open("/console/playground")
        await page.get_by_label("Prompt", exact=True).fill(f"Write about tea. {SCRIPT}")
        await page.get_by_label("Beside it").select_option(SCRIPTED_MODEL)
        await page.get_by_role("button", name="Ask").click()
        await expect(page.locator("article.answer")).to_have_count(2)
        await expect(page.locator("article.answer").first).to_contain_text("Write about tea.")
    await look_at(browser, console.url, [("playground", "/console/playground")])
