"""What keeps a backup from being read or changed by others."""

from typing import Protocol


class ObjectSealer(Protocol):
    """Compresses, encrypts and authenticates the objects of backups; blocking calls that take time.

    A sealed object can be opened only under the label it was sealed with, so that objects cannot change places.
    """

    @property
    def key_id(self) -> str:
        """Tell which key objects are sealed with, in a form that says nothing of it."""
        ...

    def name(self, plain: bytes) -> str:
        """Return 64 hexadecimal digits that are the same for the same bytes and key, and tell nobody else anything."""
        ...

    def seal(self, plain: bytes, *, label: str) -> bytes:
        """Return bytes that only whoever has the key can make or open; raise `TOO_LARGE` beyond 16 MiB."""
        ...

    def open(self, sealed: bytes, *, label: str) -> bytes:
        """Return what was sealed.

        Raises `CONFLICT` for what was changed, cut off or sealed with another label, and `FORBIDDEN` for what was
        sealed with a key that is not here.
        """
        ...
