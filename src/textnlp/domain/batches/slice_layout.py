"""How the rows of an input are cut into slices."""

from dataclasses import dataclass, field

from textnlp.domain.batches.model import Slice


@dataclass(slots=True)
class SliceLayout:
    """Cuts rows that are added one by one into slices of `slice_rows`.

    Attributes:
        slices: those that are closed.
        rows: rows added.
        offset: bytes of the requests blob that these rows take.
    """

    slice_rows: int
    slices: list[Slice] = field(default_factory=list[Slice])
    rows: int = 0
    offset: int = 0
    _slice_offset: int = 0

    def add(self, size_bytes: int) -> None:
        """Count a row that takes `size_bytes` of the requests blob; 0 for one that cannot be asked."""
        self.rows += 1
        self.offset += size_bytes
        if self.rows % self.slice_rows == 0:
            self.close_slice()

    def close_slice(self) -> None:
        """End the slice that is being filled."""
        first_row = len(self.slices) * self.slice_rows
        if self.rows > first_row:
            self.slices.append(
                Slice(
                    index=len(self.slices),
                    first_row=first_row,
                    row_count=self.rows - first_row,
                    offset=self._slice_offset,
                    size_bytes=self.offset - self._slice_offset,
                ),
            )
            self._slice_offset = self.offset
