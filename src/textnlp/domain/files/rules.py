"""How a file may be called, how long it is kept, and where its bytes lie."""

from datetime import datetime, timedelta

from textnlp.domain.batches.paths import safe_name
from textnlp.domain.errors import TextNLPError, invalid_input, not_found
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.identifiers import FileId
from textnlp.topology.containers import PROMPTS_USER_CONTENT

MAX_NAME_CHARACTERS = 255
SHORTEST_LIFE_SECONDS = 3_600
LONGEST_LIFE_SECONDS = 2_592_000

_BATCH_LIFE = timedelta(days=30)


def checked_name(name: str | None) -> str:
    """Return a file's name; raise `INVALID_INPUT` for one that is missing, too long, a path, or not printable."""
    if not name:
        raise invalid_input("The file has no name.", field="file")
    if len(name) > MAX_NAME_CHARACTERS:
        raise invalid_input(f"The file's name has more than {MAX_NAME_CHARACTERS} characters.", field="file")
    if "/" in name or "\\" in name or name in {".", ".."}:
        raise invalid_input("The file's name must not be a path.", field="file")
    if not name.isprintable():
        raise invalid_input("The file's name has a character that cannot be shown.", field="file")
    return name


def expiry_of(purpose: FilePurpose, *, created_at: datetime, seconds: int | None) -> datetime | None:
    """Return when a file expires: after `seconds` where they are given, after 30 days for a batch input, else never."""
    if seconds is not None:
        return created_at + timedelta(seconds=seconds)
    return created_at + _BATCH_LIFE if purpose is FilePurpose.BATCH else None


def file_path(file_id: FileId, name: str) -> str:
    """Return the blob for a file that a caller stores."""
    return f"{PROMPTS_USER_CONTENT}/{file_id}/{safe_name(name)}"


def is_expired(file: StoredFile, *, now: datetime) -> bool:
    """Tell whether a file is gone, whether or not its bytes are."""
    return file.expires_at is not None and file.expires_at <= now


def no_such_file(file_id: str) -> TextNLPError:
    """Build the error for a file that does not exist, or not for whoever asks."""
    return not_found(f"There is no file {file_id}.")
