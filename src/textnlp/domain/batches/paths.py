"""Where the blobs of a batch lie."""

import re

from textnlp.domain.identifiers import BatchId
from textnlp.topology.containers import GENERATIONS_BATCH, PROMPTS_QUARANTINE, PROMPTS_USER_CONTENT

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 120


def requests_path(batch_id: BatchId) -> str:
    """Return the blob with the requests of a batch."""
    return f"{GENERATIONS_BATCH}/{batch_id}/requests.jsonl"


def output_prefix(batch_id: BatchId) -> str:
    """Return the folder of a batch's result files, ending in `/`."""
    return f"{GENERATIONS_BATCH}/{batch_id}/"


def upload_path(batch_id: BatchId, name: str) -> str:
    """Return the blob for a file that was sent to the platform, whatever its sender called it."""
    return upload_folder(batch_id) + safe_name(name)


def upload_folder(batch_id: str) -> str:
    """Return where the file lies that a batch was made of, where it came with a call."""
    return f"{PROMPTS_USER_CONTENT}/{batch_id}/"


def quarantine_path(batch_id: BatchId, name: str) -> str:
    """Return the blob for a file that is no file of prompts."""
    return f"{PROMPTS_QUARANTINE}/{batch_id}/{safe_name(name)}"


def safe_name(name: str) -> str:
    """Reduce a file name to letters, digits, dot, dash and underscore, keeping its ending."""
    cleaned = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".")
    return cleaned[-_LONGEST_NAME:] or "prompts"
