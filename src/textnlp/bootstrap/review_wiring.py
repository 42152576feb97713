"""Wires reviews, of a platform and of one machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.dataset_files.reader import find_version, list_versions
from textnlp.adapters.prompt_files.record_opener import open_records
from textnlp.adapters.reviews.folder import FolderReviewStore
from textnlp.application.review_ports import ReviewPorts
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.validation.record import BadRecord
from textnlp.ports.blob_store import BlobStore
from textnlp.settings import Settings

if TYPE_CHECKING:
    from textnlp.adapters.database.pool import PostgresDatabase

_MAX_ROWS = 1_000_000


def served_reviews(database: "PostgresDatabase", blobs: BlobStore) -> ReviewPorts:
    """Return the ports of the reviews of a platform."""
    from textnlp.adapters.database.review_store import PostgresReviewStore  # noqa: PLC0415  reviews here have no database

    return ReviewPorts(store=PostgresReviewStore(database), clock=SystemClock(), blobs=blobs)


def local_reviews(settings: Settings) -> ReviewPorts:
    """Return the ports of the reviews in the data folder."""
    return ReviewPorts(store=FolderReviewStore(settings.reviews_dir), clock=SystemClock())


def read_review(path: Path) -> ReviewDocument:
    """Read the file of a review; raises what `read_review_file` does."""
    from textnlp.adapters.documents.review_document import read_review_file  # noqa: PLC0415  YAML, for this alone

    return read_review_file(path)


def read_sent_review(text: str) -> ReviewDocument:
    """Read the text of a review's file that somebody sent; raises what `YamlDocument` does, with line and column."""
    from textnlp.adapters.documents.yaml_document import YamlDocument  # noqa: PLC0415  as above

    return YamlDocument("review", text=text).validated(ReviewDocument)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file, a folder, or a dataset's latest version; raise `INVALID_INPUT` for no row."""
    rows: list[dict[str, Any]] = []
    for record in open_records(_version(path)).records():
        if isinstance(record, BadRecord):
            raise invalid_input(f"{record.file}, line {record.line}: {record.message}", line=record.line)
        rows.append(dict(record.values))
        if len(rows) > _MAX_ROWS:
            raise TextNLPError(f"{path} has more than {_MAX_ROWS:,} rows.", kind=ErrorKind.TOO_LARGE)
    return rows


def _version(path: Path) -> Path:
    if not path.is_dir():
        return path
    try:
        list_versions(path)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return path
    return find_version(path)
