"""What rows begin with: rows of a file, pieces of documents, or the topics of a tree."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from textnlp.domain.part import PART_CONFIG, Name, Scalar, Template

BLOB_SCHEME = "blob:"
"""What a path in the blob store begins with, where it could be a file's."""

Order = Literal["ordered", "shuffled", "with_replacement"]


class SeedOrder(BaseModel):
    """How seeds become rows."""

    model_config = PART_CONFIG

    order: Order = "ordered"
    """`ordered` and `shuffled` begin anew at the end; `with_replacement` draws each time from all."""
    first: Annotated[int, Field(ge=0)] = 0
    """Where to begin, from 0."""
    count: Annotated[int, Field(ge=1)] | None = None
    """How many seeds to use; all where left out."""


class RowSeeds(SeedOrder):
    """Rows of a CSV, JSON Lines or Parquet file, or given here; their fields are columns."""

    kind: Literal["rows"]
    path: str | None = None
    """A file beside the recipe, a folder of such files, or `blob:` and a path in the blob store."""
    rows: Annotated[list[dict[str, Scalar]], Field(min_length=1, max_length=10_000)] | None = None
    """In place of a file: the rows themselves."""
    fields: list[Name] | None = None
    """The fields that are used; all where left out."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.path is None) == (self.rows is None):
            raise ValueError("give either path or rows")
        return self


class DocumentSeeds(SeedOrder):
    """Pieces of documents (TXT, MD, HTML, PDF, DOCX): columns `text`, `file`, `page`, `offset`, `chunk`."""

    kind: Literal["documents"]
    path: str
    """A file beside the recipe, a folder that is read with its folders, or `blob:` and a prefix."""
    chunk_characters: Annotated[int, Field(ge=50, le=100_000)] = 2_000
    """Characters a piece has at most; it ends at a paragraph or sentence where it can."""
    overlap_characters: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Characters that a piece repeats of the one before."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.overlap_characters >= self.chunk_characters:
            raise ValueError("overlap_characters must be below chunk_characters")
        return self


class TopicSeeds(SeedOrder):
    """The leaves of a tree of topics that a model grows before the run: columns `topic` and `path`."""

    kind: Literal["topics"]
    root: Template
    """What the tree is about."""
    depth: Annotated[int, Field(ge=1, le=6)] = 2
    """Levels below the root."""
    degree: Annotated[int, Field(ge=1, le=50)] = 5
    """Topics below each topic."""
    model: Name | None = None
    """The alias that grows it; the recipe's first model where left out."""
    prompt: Template | None = None
    """How topics are asked for; may use `root`, `path`, `degree` and `known`."""


Seeds = Annotated[RowSeeds | DocumentSeeds | TopicSeeds, Field(discriminator="kind")]
"""Seeds, told by their `kind`."""

SEED_COLUMNS = {"documents": ("text", "file", "page", "offset", "chunk"), "topics": ("topic", "path")}
"""Columns of seeds whose fields do not depend on a file."""
