"""Datasets in a browser: found, searched, compared, exported, verified, tagged, rolled back, deleted."""

import zipfile
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Console
from tests.browser.pages import look_at
from tests.browser.planted_dataset import SCRIPT, plant_dataset
from tests.browser.visitor import visit


async def test_rows_are_searched_filtered_and_followed_to_where_they_are_from(
    browser: Browser, console: Console
) -> None:
    run = await plant_dataset(console.platform)
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open("/console/datasets?text=kett")
        await page.get_by_role("link", name="kettles").click()
        await page.get_by_role("link", name="Rows", exact=True).first.click()
        await expect(page.locator("tbody tr")).to_have_count(41)
        await page.keyboard.press("/")
        await page.keyboard.type("IS IT SAFE")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.get_by_text(SCRIPT)).to_be_visible()
        await page.get_by_label("Text in any column").fill("")
        await page.get_by_label("Condition").fill("stars >= 4 and 'Question' in question")
        await page.get_by_text("Columns (").click()
        await page.get_by_label("stars").check()
        await page.get_by_role("button", name="Search").click()
        await expect(page.locator("thead th")).to_have_text(["Id", "Split", "stars"])
        assert set(await page.locator("tbody tr td:last-child").all_inner_texts()) == {"4", "5"}
        await visitor.open(f"/console/datasets/{run.id}/versions/2/rows?search=is+it+safe")
        await page.get_by_role("link", name="1000").click()
        await expect(page.get_by_text("Quite, says version 2.")).to_be_visible()
        await expect(page.get_by_text("ask@2")).to_be_visible()
        assert await page.evaluate("window.broken") is None
    here = f"/console/datasets/{run.id}"
    version = f"{here}/versions/2"
    pages = [("datasets", "/console/datasets"), ("dataset", here), ("dataset-version", version)]
    pages += [("dataset-rows", f"{version}/rows"), ("dataset-row", f"{version}/rows/1000")]
    await look_at(browser, console.url, pages)


async def test_a_condition_that_is_wrong_is_told_in_its_words(browser: Browser, console: Console) -> None:
    run = await plant_dataset(console.platform)
    async with visit(browser, console.url, scripts=False) as visitor:
        answer = await visitor.page.goto(f"{console.url}/console/datasets/{run.id}/versions/2/rows?where=height+%3E+3")
        assert answer is not None
        assert answer.status == 422
        await expect(visitor.page.get_by_role("alert")).to_contain_text("height")
        visitor.faults.clear()


async def test_two_versions_are_compared_and_the_report_and_the_card_are_read(
    browser: Browser, console: Console
) -> None:
    run = await plant_dataset(console.platform)
    here = f"/console/datasets/{run.id}"
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open(here)
        await page.get_by_role("link", name="Compare versions").click()
        frame = page.frame_locator("iframe")
        await expect(frame.get_by_role("heading", name="Added rows")).to_be_visible()
        await expect(frame.get_by_text("Quite, says version 1.").first).to_be_visible()
        assert await _background(page, "Added rows") != "rgba(0, 0, 0, 0)"
        await visitor.open(f"{here}/versions/2/report")
        await expect(frame.get_by_role("heading").first).to_be_visible()
        await page.get_by_role("link", name="Card").click()
        await expect(page.get_by_role("article").get_by_text(SCRIPT).first).to_be_visible()
        assert await page.evaluate("window.broken") is None
    pages = [("dataset-compare", f"{here}/compare"), ("dataset-report", f"{here}/versions/2/report")]
    pages += [("dataset-card", f"{here}/versions/2/card"), ("dataset-export", f"{here}/versions/2/export")]
    await look_at(browser, console.url, pages)


async def test_a_version_is_verified_and_exported(browser: Browser, console: Console, tmp_path: Path) -> None:
    run = await plant_dataset(console.platform)
    here = f"/console/datasets/{run.id}/versions/2"
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        await visitor.open(here)
        await page.get_by_role("button", name="Verify").click()
        await expect(page.get_by_text("Intact.")).to_be_visible()
        (tmp_path / "datasets" / run.id / "v2" / "report.html").write_text("another")
        await page.get_by_role("button", name="Verify").click()
        await expect(page.get_by_text("This is not what was signed.")).to_be_visible()
        await page.get_by_role("link", name="Export").click()
        await expect(page.get_by_label("Form", exact=True)).to_have_value("csv")  # which every dataset fits
        await page.get_by_label("Form", exact=True).select_option("alpaca")
        await page.get_by_label("Which column stands for which field").fill("instruction=question, output=answer")
        async with page.expect_download() as started:
            await page.get_by_role("button", name="Download").click()
        with zipfile.ZipFile(await (await started.value).path()) as archive:
            lines = archive.read("train.jsonl").splitlines()
        assert len(lines) == 41
        assert b'"instruction":"Question 0?"' in b"".join(lines)


async def test_a_dataset_is_described_tagged_rolled_back_and_a_version_deleted(
    browser: Browser, console: Console
) -> None:
    run = await plant_dataset(console.platform)
    async with visit(browser, console.url) as visitor:
        page = visitor.page
        page.on("dialog", lambda dialog: dialog.accept())
        await visitor.open(f"/console/datasets/{run.id}")
        await page.get_by_text("Change", exact=True).click()
        await page.get_by_label("Description").fill(f"For kitchens. {SCRIPT}")
        await page.get_by_label("License, by its SPDX name").fill("CC-BY-4.0")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text(f"For kitchens. {SCRIPT}").first).to_be_visible()
        await page.get_by_text("Tag a version", exact=True).click()
        await page.get_by_label("Tag", exact=True).fill("gold")
        await page.get_by_role("button", name="Tag", exact=True).click()
        await page.get_by_role("button", name="Remove the tag gold").click()
        await page.get_by_text("Roll back", exact=True).first.click()
        await page.get_by_label("Why", exact=True).fill("The second one is too long.")
        await page.get_by_role("button", name="Roll back").click()
        await expect(page.get_by_text("rolled back from version 2 to 1")).to_be_visible()
        await page.get_by_role("link", name="Version 2").first.click()
        await page.get_by_text("Delete this version").click()
        await page.get_by_label("Why", exact=True).fill("Names slipped in.")
        await page.get_by_role("button", name="Delete version 2").click()
        await expect(page.get_by_text("deleted by anybody")).to_be_visible()
        await expect(page.get_by_text("Names slipped in.").first).to_be_visible()
        assert await page.evaluate("window.broken") is None


async def _background(page: Page, heading: str) -> str:
    """Return the colour behind the frame's document, which its style sheet sets."""
    frame = page.frames[-1]
    await frame.get_by_role("heading", name=heading).wait_for()
    found: str = await frame.evaluate("getComputedStyle(document.body).backgroundColor")
    return found
