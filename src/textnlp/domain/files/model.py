"""Files that callers store, and files that jobs leave for them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from textnlp.domain.identifiers import FileId
from textnlp.domain.identity.tenant import LOCAL_TENANT


class FilePurpose(StrEnum):
    """What a file is for, in OpenAI's words; `BATCH_OUTPUT` is given by the platform only."""

    ASSISTANTS = "assistants"
    BATCH = "batch"
    BATCH_OUTPUT = "batch_output"
    EVALS = "evals"
    FINE_TUNE = "fine-tune"
    USER_DATA = "user_data"
    VISION = "vision"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """What is known of a file without reading it.

    Attributes:
        name: what its owner calls it; never a path.
        blob_path: the blob that holds its bytes.
        expires_at: from when on it is gone, or None for never.
        tenant: whose it is.
        caller: who stored it, or whose job left it.
    """

    id: FileId
    name: str
    purpose: FilePurpose
    size_bytes: int
    blob_path: str
    created_at: datetime
    expires_at: datetime | None = None
    tenant: str = LOCAL_TENANT
    caller: str = LOCAL_TENANT
