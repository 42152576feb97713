"""Links through which somebody without rights of their own reads one blob; a store may be able to make them or not."""

from datetime import timedelta
from typing import Protocol, runtime_checkable


@runtime_checkable
class BlobLinks(Protocol):
    """What a blob store can do beside `BlobStore` where it can sign."""

    async def link(self, path: str, *, lasts: timedelta, file_name: str) -> str:
        """Return an https link that reads the blob for so long, and is saved as `file_name`.

        It is a secret for that time. Whether the blob is there is not looked at. Raises `FORBIDDEN` where this
        process may not sign.
        """
        ...
