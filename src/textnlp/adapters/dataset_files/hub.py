"""Datasets on the Hugging Face Hub."""

from pathlib import Path
from typing import Any, cast

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.missing_extra import missing_extra

_REFUSED = {401: ErrorKind.UNAUTHENTICATED, 403: ErrorKind.FORBIDDEN, 404: ErrorKind.NOT_FOUND}


def push_folder(folder: Path, *, repository: str, token: str, is_private: bool, message: str) -> str:
    """Upload a folder as a dataset of the Hub, made where there is none, and return its address.

    Raises `INVALID_INPUT` where the library is missing and for a name that is none, `UNAUTHENTICATED` and `FORBIDDEN`
    for a token that is not good for it, and `UNAVAILABLE` where the Hub cannot be reached.
    """
    try:
        import huggingface_hub  # noqa: PLC0415  an extra
        from huggingface_hub import errors  # noqa: PLC0415  as above
    except ImportError as exc:
        raise missing_extra("The library of the Hugging Face Hub is not installed.", extra="hub") from exc
    hub = cast("Any", huggingface_hub).HfApi(token=token)
    try:
        made = hub.create_repo(repository, repo_type="dataset", private=is_private, exist_ok=True)
        hub.upload_folder(folder_path=folder, repo_id=made.repo_id, repo_type="dataset", commit_message=message)
    except errors.HFValidationError as exc:
        raise TextNLPError(f"{repository!r} is no name on the Hub: {exc}", kind=ErrorKind.INVALID_INPUT) from exc
    except errors.HfHubHTTPError as exc:
        status = exc.response.status_code
        kind = _REFUSED.get(status, ErrorKind.UNAVAILABLE)
        raise TextNLPError(f"The Hub answered {status} for {repository}.", kind=kind) from exc
    except OSError as exc:
        raise TextNLPError(f"The Hub cannot be reached: {exc}.", kind=ErrorKind.UNAVAILABLE) from exc
    return str(made)
