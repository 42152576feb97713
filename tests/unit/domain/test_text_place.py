import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.text_place import place_of


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [("", 0, (1, 1)), ("abc", 2, (1, 3)), ("a\nb", 1, (1, 2)), ("a\nb", 2, (2, 1)), ("a\r\n\nb", 4, (3, 1))],
)
def test_lines_and_columns_count_from_one(text: str, offset: int, place: tuple[int, int]) -> None:
    assert place_of(text, offset) == place


@given(data=st.data(), text=st.text(alphabet="ab\n"))
def test_a_place_leads_back_to_its_offset(data: st.DataObject, text: str) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = place_of(text, offset)
    before = text.split("\n")[: line - 1]
    assert sum(len(each) + 1 for each in before) + column - 1 == offset
