import pytest

from textnlp.adapters.blobs.azure_failures import refusal
from textnlp.domain.errors import ErrorKind


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("BlobNotFound", 404, ErrorKind.NOT_FOUND),
        ("ContainerNotFound", 404, ErrorKind.UNAVAILABLE),
        ("InvalidBlockList", 400, ErrorKind.CONFLICT),
        ("ConditionNotMet", 412, ErrorKind.CONFLICT),
        ("AuthorizationPermissionMismatch", 403, ErrorKind.FORBIDDEN),
        ("InvalidAuthenticationInfo", 401, ErrorKind.UNAUTHENTICATED),
        ("ServerBusy", 503, ErrorKind.UNAVAILABLE),
        ("", 0, ErrorKind.UNAVAILABLE),
    ],
)
def test_each_answer_has_its_kind_and_says_what_to_do(code: str, status: int, kind: ErrorKind) -> None:
    error = refusal("prompts/a", code=code, status=status, endpoint="https://account1.blob.core.windows.net")
    assert error.kind is kind
    assert error.facts.hint or kind is ErrorKind.NOT_FOUND
