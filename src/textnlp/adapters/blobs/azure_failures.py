"""What Azure Blob Storage says, in the platform's terms."""

import re

from textnlp.adapters.blobs.failures import missing_blob
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"\bcode: (\d{3})")
_ROLES = "Give this process's identity the role Storage Blob Data Contributor; a new role takes some minutes to count."
_CONTAINER = "Deploy the account with its containers, or correct TEXTNLP_BLOB_URL."
_BUSY = "Wait; where it lasts, ask Azure for a higher limit of the account."
_NETWORK = "Check the name of the account, the private endpoint and its DNS zone, and that port 443 is open."

_CONFLICTS = frozenset(
    {
        "BlobAlreadyExists",
        "ConditionNotMet",
        "TargetConditionNotMet",
        "LeaseIdMissing",
        "LeaseAlreadyPresent",
        "InvalidBlockList",
        "BlobArchived",
        "BlobImmutableDueToPolicy",
    }
)
_FACTS = {
    ErrorKind.FORBIDDEN: ("refuses this process", _ROLES),
    ErrorKind.UNAUTHENTICATED: ("does not take this process's token", _ROLES),
    ErrorKind.RATE_LIMITED: ("is busy", _BUSY),
    ErrorKind.UNAVAILABLE: ("cannot be reached", _NETWORK),
}
_OF_STATUS = {
    401: ErrorKind.UNAUTHENTICATED,
    403: ErrorKind.FORBIDDEN,
    404: ErrorKind.NOT_FOUND,
    409: ErrorKind.CONFLICT,
    412: ErrorKind.CONFLICT,
}


def azure_failure(exc: Exception, *, path: str, endpoint: str) -> TextNLPError:
    """Build the error for a call about the blob `path` that failed with `exc`, an error of obstore.

    obstore tells the service's answer only in the text of its error; the code in it decides before the status does.
    """
    text = str(exc)
    code, status = _CODE.search(text), _STATUS.search(text)
    return refusal(
        path,
        code=code.group(1) if code else "",
        status=404 if isinstance(exc, FileNotFoundError) else int(status.group(1)) if status else 0,
        endpoint=endpoint,
    )


def refusal(path: str, *, code: str, status: int, endpoint: str) -> TextNLPError:
    """Build the error for an answer with this code and status; 0 where there was no answer."""
    if code in {"ContainerNotFound", "ContainerBeingDeleted"}:
        return _error(f"{endpoint} has no container for {path!r}.", ErrorKind.UNAVAILABLE, _CONTAINER)
    if code in _CONFLICTS or _OF_STATUS.get(status) is ErrorKind.CONFLICT:
        what = f"The blob {path!r} is not as expected ({code or status})."
        return _error(what, ErrorKind.CONFLICT, "Read it again and decide anew.")
    kind = _OF_STATUS.get(status, ErrorKind.UNAVAILABLE)
    if kind is ErrorKind.NOT_FOUND:
        return missing_blob(path)
    is_busy = status in {429, 503}
    what, hint = _FACTS[ErrorKind.RATE_LIMITED if is_busy else kind]
    shown = code or status
    return _error(f"{endpoint} {what}{f' ({shown})' if shown else ''}.", kind, hint)


def _error(message: str, kind: ErrorKind, hint: str) -> TextNLPError:
    return TextNLPError(message, kind=kind, facts=ErrorFacts(hint=hint))
