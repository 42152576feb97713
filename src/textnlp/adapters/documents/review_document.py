"""The file that a review is made from."""

from pathlib import Path

from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.domain.review.document import ReviewDocument


def read_review_file(path: Path) -> ReviewDocument:
    """Read a YAML file; raises what `YamlDocument` does, with line and column for what does not fit."""
    return YamlDocument(path).validated(ReviewDocument)
