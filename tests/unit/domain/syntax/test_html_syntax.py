import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.syntax.html_syntax import html_fault


def element(name: str, parts: list[str]) -> str:
    return f'<{name} a="\'>">{"".join(parts)}</{name}>'


NAMES = st.sampled_from(["div", "p", "li", "b", "Section", "x-card"])
TREES = st.recursive(
    st.sampled_from(["text", "<br>", "<img src='a>b'>", "<!-- <b> -->", "a < b", "<script>if (a<b) '<div>'</script>"]),
    lambda inner: st.builds(element, NAMES, st.lists(inner)),
)


@given(tree=TREES)
def test_what_is_nested_well_has_no_fault(tree: str) -> None:
    assert html_fault(f"<div>{tree}</div>") is None


@pytest.mark.parametrize(
    "text",
    [
        "<ul><li>a<li>b</ul>",
        "<table><tr><td>a<td>b<tr><td>c</table>",
        "<html><head><title>a<b</title><body>x",
        "<svg><path d='M0'/><g><circle/></g></svg>",
        "<p title=it's>x</p>",
        "<TEXTAREA><div></textarea>",
        "<?xml version='1.0'?><p>x</p>",
    ],
)
def test_what_html_lets_be_left_out_may_be(text: str) -> None:
    assert html_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("plain prose", "There is no tag in it."),
        ("<p>a</p>\n</div>", "Line 2, column 1: </div> closes nothing."),
        ("<b><i></b></i>", "Line 1, column 7: </b> closes nothing; <i> of line 1 is open."),
        ("<div/>", "Line 1, column 1: <div> is never closed."),
        ("<br></br>", "Line 1, column 5: </br> closes nothing, as <br> has no content."),
        ("a <b", "Line 1, column 3: the tag <b does not end."),
        ("<a href='x>y</a>", "Line 1, column 1: the tag <a does not end."),
        ("<script>x", "Line 1, column 1: <script> is never closed."),
        ("<!-- x", "Line 1, column 1: <!-- does not end."),
    ],
)
def test_a_tag_that_does_not_fit_is_told(text: str, fault: str) -> None:
    assert html_fault(text) == fault


@given(text=st.text(alphabet="<>/!-='\" abp"))
def test_any_text_is_either_html_or_told_why_not(text: str) -> None:
    fault = html_fault(text)
    assert fault is None or fault.endswith(".")


@pytest.mark.parametrize("piece", ["<p", "<p>", "<a='", "<div>", "</p>", "<!--", "<svg>", "= ' "])
def test_a_long_text_is_read_in_one_pass(piece: str) -> None:
    fault = html_fault(piece * 30_000)
    assert fault is None or len(fault) < 300
