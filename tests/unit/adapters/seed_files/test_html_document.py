from pathlib import Path

import pytest

from tests.factories.seed_files import pieces_in


async def text_of(html: str, folder: Path) -> str:
    path = folder / "page.html"
    path.write_text(html)
    (piece,) = await pieces_in(path)
    assert (piece.origin["page"], piece.origin["offset"]) == (None, 0)
    return piece.values["text"]


async def test_only_what_a_reader_sees_is_text(tmp_path: Path) -> None:
    html = """<html><head><title>No</title><style>p {}</style></head><body><nav>Home</nav><script>no()</script>
    <h1>Tea</h1><!-- no --><p>Green  <b>and</b>\n black.</p><noscript>No</noscript><svg><text>No</text></svg></body>"""
    assert await text_of(html, tmp_path) == "Tea\n\nGreen and black."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<p>Two", "One\n\nTwo"),
        ("One<br>two<br><br>three", "One\ntwo\n\nthree"),
        ("<div><div>One</div></div><div>Two</div>", "One\n\nTwo"),
        ("Kinds:<ul><li>green<li> black </ul>End", "Kinds:\n\ngreen\nblack\n\nEnd"),
        ("<table><tr><th>a<th>b<tr><td>1<td> 2 </table>", "a | b\n1 | 2"),
        ("Code:<pre>if x:\n    y\n</pre>end", "Code:\n\nif x:\n    y\n\n\nend"),
        ("a<b> b</b><i>c </i> d", "a bc d"),
        ("x &lt;b&gt; &amp;&nbsp;y", "x <b> &\xa0y"),
        ("no <b>end", "no end"),
    ],
    ids=["paragraphs", "breaks", "blocks", "list", "table", "pre", "inline", "entities", "unclosed"],
)
async def test_white_space_is_that_of_a_browser(tmp_path: Path, html: str, text: str) -> None:
    assert await text_of(html, tmp_path) == text


async def test_elements_may_be_nested_deeply(tmp_path: Path) -> None:
    assert await text_of("<div>" * 3_000 + "deep", tmp_path) == "deep"
