"""What holds for every container that another service is asked to run."""

import re
from collections.abc import Iterable

from textnlp.domain.errors import invalid_input

_IMAGE = re.compile(r"[a-z0-9][a-z0-9._/:-]*(@sha256:[0-9a-f]{64})?")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY(?!_VAULT_URL)|CONNECTION")


def require_image(image: str, *, field: str) -> None:
    """Raise `INVALID_INPUT` for what names no image."""
    if not _IMAGE.fullmatch(image):
        raise invalid_input(f"{image!r} names no image.", field=field)


def require_no_secrets(names: Iterable[str], *, field: str) -> None:
    """Raise `INVALID_INPUT` for a variable that may hold a secret: whoever sees the document sees its value."""
    for name in names:
        if not _VARIABLE.fullmatch(name) or _SECRET.search(name):
            raise invalid_input(f"The variable {name} must not be in a job: it may be a secret.", field=field)
