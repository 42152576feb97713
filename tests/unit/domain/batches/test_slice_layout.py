from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.batches.slice_layout import SliceLayout


@given(st.lists(st.integers(0, 1000), max_size=40), st.integers(1, 7))
def test_slices_cover_every_row_and_every_byte_once(sizes: list[int], slice_rows: int) -> None:
    layout = SliceLayout(slice_rows)
    for size in sizes:
        layout.add(size)
    layout.close_slice()
    layout.close_slice()
    assert [part.index for part in layout.slices] == list(range(len(layout.slices)))
    row = offset = 0
    for part in layout.slices:
        assert (part.first_row, part.offset) == (row, offset)
        assert 0 < part.row_count <= slice_rows
        assert part.size_bytes == sum(sizes[row : row + part.row_count])
        row, offset = row + part.row_count, offset + part.size_bytes
    assert (row, offset) == (len(sizes), sum(sizes)) == (layout.rows, layout.offset)
