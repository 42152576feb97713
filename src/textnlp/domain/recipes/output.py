"""What a dataset is made of."""

from typing import Annotated, Literal

from pydantic import Field

from textnlp.domain.part import Name, Part

ExportFormat = Literal["chatml", "alpaca", "sharegpt", "openai", "dpo", "csv", "huggingface"]


class Export(Part):
    """A further form of the dataset, and which column stands for what in it."""

    format: ExportFormat
    """The form."""
    columns: dict[str, Name] = {}
    """For a field of the form (such as `instruction`, `output`, `messages`, `chosen`) the column it is from."""


class Output(Part):
    """How the dataset is written."""

    splits: dict[Name, Annotated[float, Field(gt=0, le=1)]] = {"train": 1.0}
    """Shares of the rows; a row's split depends on the row alone, so that it stays when rows are added."""
    exports: list[Export] = []
    """Further forms."""
    license: str | None = None
    """Of the dataset, as the card states it (an SPDX name)."""
    language: list[str] = []
    """Languages of the dataset (BCP 47), as the card states them."""
