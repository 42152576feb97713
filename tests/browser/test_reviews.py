"""Reviews in a browser: made, answered by keyboard alone, taken back, skipped, decided."""

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.planted_dataset import SCRIPT, plant_dataset
from tests.browser.planted_review import plant_review, replies
from tests.browser.visitor import visit
from textnlp.application.answer_review_item import answer_review_item
from textnlp.domain.review.model import ItemState


async def _at(page: Page, row: int) -> None:
    await expect(page.locator("#item-heading")).to_contain_text(f"Row {row} of")


async def test_twenty_rows_are_reviewed_by_keyboard_alone_with_one_taken_back_and_one_skipped(
    browser: Browser, console: Console
) -> None:
    review = await plant_review(console.platform, rows=replies(21))
    store = console.platform.review_ports.store
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open(f"/console/reviews/{review.id}/answer")
        loads: list[str] = []
        page.on("load", lambda loaded: loads.append(loaded.url))
        for row in range(1, 11):
            await _at(page, row)
            await page.keyboard.press("4")
            await page.keyboard.press("1")
            await page.keyboard.press("Enter" if row % 2 else "j")
        await _at(page, 11)
        await page.keyboard.press("u")
        await _at(page, 10)
        await expect(page.get_by_role("radio", name="4")).to_be_checked()
        await expect(page.get_by_role("radio", name="warm")).to_be_checked()
        await page.keyboard.press("2")
        await page.keyboard.press("Enter")
        await _at(page, 11)
        await page.keyboard.press("s")
        for row in range(12, 22):
            await _at(page, row)
            await page.keyboard.press("5")
            await page.keyboard.press("3")
            await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Nothing is left for you")).to_be_visible()
        await page.keyboard.press("u")
        await _at(page, 21)
        await page.keyboard.press("?")
        await expect(page.get_by_text("skip the row")).to_be_visible()
        assert loads == []
        assert await page.evaluate("window.broken") is None
    items = await store.items(review.id, limit=21)
    assert [dict(item.answers[0].values) for item in items[:10]] == [
        *[{"quality": 4, "tone": "warm"}] * 9,
        {"quality": 2, "tone": "warm"},
    ]
    assert [len(item.answers) for item in items[10:]] == [0, *[1] * 9, 0]
    assert [skip.reviewer for skip in items[10].skips] == ["anybody"]


async def test_a_hundred_answers_in_a_row_load_the_page_once(browser: Browser, console: Console) -> None:
    questions = {"good": {"kind": "label", "labels": ["yes", "no"]}}
    review = await plant_review(console.platform, rows=replies(100), questions=questions)
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open(f"/console/reviews/{review.id}/answer")
        await page.evaluate("window.stays = true")
        for row in range(1, 101):
            await _at(page, row)
            await page.keyboard.press("1")
            await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Nothing is left for you")).to_be_visible()
        assert await page.evaluate("window.stays") is True
    assert (await console.platform.review_ports.store.progress(review.id)).states == {ItemState.AGREED: 100}


async def test_pairs_and_passages_are_answered_with_keys_and_with_the_mouse(browser: Browser, console: Console) -> None:
    row = {"prompt": "Who?", "one": "A short text.", "two": "A longer text.", "reply": "Grüße 🫖 from Ada and Bob."}
    questions = {
        "better": {"kind": "pairwise", "first": "one", "second": "two"},
        "names": {"kind": "span", "column": "reply", "labels": ["person", "thing"]},
    }
    review = await plant_review(console.platform, rows=[row, row], questions=questions, blind=False)
    store = console.platform.review_ports.store
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open(f"/console/reviews/{review.id}/answer")
        await page.keyboard.press("2")
        for key in ("ArrowRight", "ArrowRight", "2", "ArrowRight", "ArrowRight", "1", "ArrowRight", "ArrowRight"):
            await page.keyboard.press(key)
        await page.keyboard.press("1")
        await expect(page.locator("mark")).to_have_count(3)
        await expect(page.locator(".passages li").nth(1)).to_contain_text("person Ada")
        await page.keyboard.press("Enter")
        await _at(page, 2)
        await page.locator(".choice", has_text="As good").click()
        await page.locator("[data-spans]").dblclick(position={"x": 20, "y": 22})
        await page.get_by_role("button", name="thing").click()
        await expect(page.locator("mark")).to_have_text("Grüße")
        await page.get_by_role("button", name="Unmark Grüße").click()
        await expect(page.locator("mark")).to_have_count(0)
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_role("heading", name="Nothing is left for you")).to_be_visible()
    first, second = await store.items(review.id, limit=2)
    reply = row["reply"]
    marked = [(reply[span["start"] : span["end"]], span["label"]) for span in first.answers[0].values["names"]]
    assert marked == [("🫖", "thing"), ("Ada", "person"), ("Bob", "person")]
    assert first.answers[0].values["better"] == "second"
    assert second.answers[0].values == {"better": "tie", "names": []}


async def test_a_row_on_which_reviewers_disagree_is_decided_with_keys(browser: Browser, console: Console) -> None:
    review = await plant_review(console.platform, rows=replies(3), overlap=2)
    ports = console.platform.review_ports
    for position in range(2):
        for reviewer, mark in (("ada", 1 + position), ("bob", 5)):
            values = {"quality": mark, "tone": "warm"}
            await answer_review_item(ports, review.id, position, reviewer=reviewer, values=values, comment=SCRIPT)
    here = f"/console/reviews/{review.id}"
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/reviews")
        await page.get_by_role("link", name="replies", exact=True).click()
        await expect(page.get_by_role("rowheader", name="bob")).to_be_visible()
        await page.get_by_role("link", name="Decide 2 disputed").click()
        await page.get_by_role("link", name="1", exact=True).click()
        await expect(page.get_by_text("Reviewers disagree on quality.")).to_be_visible()
        await page.keyboard.press("3")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Row 2")).to_be_visible()
        await page.keyboard.press("4")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("cell", name="decided").first).to_be_visible()
        assert await page.evaluate("window.broken") is None
    items = await ports.store.items(review.id, limit=3)
    assert [item.decision and item.decision.values["quality"] for item in items] == [3, 4, None]
    pages = [("reviews", "/console/reviews"), ("review", here), ("review-items", f"{here}/items")]
    pages += [("review-decide", f"{here}/items/0"), ("review-answer", f"{here}/answer")]
    await look_at(browser, console.url, pages)


async def test_a_review_of_a_dataset_is_made_and_what_is_wrong_in_it_is_told_at_its_line(
    browser: Browser, console: Console
) -> None:
    run = await plant_dataset(console.platform)
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open(f"/console/datasets/{run.id}")
        await page.get_by_role("link", name="Review rows").click()
        document = page.get_by_label("What is asked")
        text = await document.input_value()
        assert "- 'answer'" in text
        await document.fill(text.replace("kind: rating", "kind: ratting"))
        await expect(page.get_by_role("alert")).to_contain_text("kind: ratting")
        await document.fill(text.replace("size: 50", "size: 5"))
        await expect(page.get_by_text("2 questions to 1 reviewer a row")).to_be_visible()
        await page.get_by_role("button", name="Make the review").click()
        await expect(page.get_by_role("heading", name="kettles", exact=True)).to_be_visible()
        await expect(page.get_by_text("0 of 5 answers")).to_be_visible()
        await page.get_by_role("link", name=f"{run.id}/v2").click()
        await expect(page.get_by_role("heading", name="kettles, version 2")).to_be_visible()
    await look_at(browser, console.url, [("review-create", f"/console/reviews/create?dataset={run.id}")])


async def test_rows_are_answered_skipped_and_taken_back_without_scripts(browser: Browser, console: Console) -> None:
    questions = {
        "quality": {"kind": "rating"},
        "faults": {"kind": "multi_label", "labels": ["long", "dull"]},
        "names": {"kind": "span", "column": "reply", "labels": ["verb"]},
        "better": {"kind": "edit", "column": "reply", "required": False},
    }
    review = await plant_review(console.platform, rows=replies(2), questions=questions)
    store = console.platform.review_ports.store
    async with visit(browser, console.url, scripts=False) as visitor:
        page = visitor.page
        await visitor.open(f"/console/reviews/{review.id}/answer?reviewer=ada")
        await page.get_by_label("3", exact=True).check()
        await page.get_by_label("dull").check()
        await page.get_by_label("Passages, typed").fill("3-8:verb")
        await page.get_by_label("Better").fill("It boils.\nFast.")
        await page.get_by_role("button", name="Submit").click()
        await _at(page, 2)
        await page.get_by_role("button", name="Skip").click()
        await page.get_by_role("button", name="Undo the last").click()
        await _at(page, 2)
    first, second = await store.items(review.id, limit=2)
    answer = first.answers[0]
    assert (answer.reviewer, answer.values["faults"], answer.values["better"]) == ("ada", ["dull"], "It boils.\nFast.")
    assert answer.values["names"] == [{"start": 3, "end": 8, "label": "verb"}]
    assert (second.skips, [lease.reviewer for lease in second.leases]) == ((), ["ada"])
