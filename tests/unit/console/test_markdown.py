from textnlp.console.markdown import MOST_CHARACTERS, render_markdown


def test_text_is_set_as_markdown_under_the_headings_of_its_page() -> None:
    assert render_markdown("# One\n\n### Three\n\n**bold**", under=1) == (
        "<h2>One</h2>\n<h3>Three</h3>\n<p><strong>bold</strong></p>\n"
    )


def test_html_stays_text() -> None:
    found = render_markdown("<script>alert(1)</script>\n\na <img src=x onerror=alert(1)> b")
    assert "<script" not in found
    assert "<img" not in found
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found


def test_links_lead_to_the_web_without_telling_from_where_and_never_to_scripts() -> None:
    found = render_markdown("[a](javascript:alert(1)) [b](data:text/html,x) [c](https://example.org/)")
    assert found.count("<a ") == 1
    assert '<a href="https://example.org/" rel="noopener noreferrer nofollow">c</a>' in found


def test_pictures_are_not_loaded() -> None:
    assert "<img" not in render_markdown("![p](https://example.org/p.png)")


def test_front_matter_is_left_out_and_what_is_too_long_is_cut() -> None:
    assert render_markdown("---\nlicense: mit\n---\n\nText") == "<p>Text</p>\n"
    assert len(render_markdown("x" * (MOST_CHARACTERS + 1000))) < MOST_CHARACTERS + 100


def test_tables_scroll_by_themselves_and_have_neither_styles_nor_empty_headings() -> None:
    found = render_markdown("| a | |\n|--:|---|\n| 1 | 2 |\n\n| b |\n|---|\n| 3 |")
    assert "style" not in found
    assert "<th></th>" not in found
    assert "<td></td>" in found
    assert found.count('tabindex="0" role="region"') == 2
    assert 'aria-label="Table 2"' in found
