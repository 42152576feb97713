"""What is read back of a dataset's files."""

from dataclasses import dataclass

from textnlp.domain.datasets.model import DatasetRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A row with the file that it is in, and its split where it was accepted.

    The values of an accepted row are those of the dataset: without columns that were left out.
    """

    row: DatasetRow
    file: str
    split: str | None
