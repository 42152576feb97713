"""Files of checks, without what looks at rows."""

from pathlib import Path

from textnlp.adapters.documents.yaml_document import YamlDocument
from textnlp.domain.validation.checks_file import ChecksFile


def read_checks(path: Path) -> ChecksFile:
    """Read a file of checks; raises `INVALID_INPUT` with file, line, column and the nearest key, and `NOT_FOUND`."""
    return YamlDocument(path).validated(ChecksFile)
