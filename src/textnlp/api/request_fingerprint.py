"""What tells one request from another, taken while its body goes by."""

import hashlib
from typing import Any

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser

_FORM = "multipart/form-data"


class RequestFingerprint:
    """A SHA-256 digest over query, media type and body.

    A form counts by its fields and files: clients that send one again divide its parts by another boundary, chosen at
    random. Whatever the size of the body, no more of it is held than the piece at hand.
    """

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        media_type, parameters = request.content_type
        self._digest = hashlib.sha256()
        self._parser = None
        self._size_bytes = 0
        if media_type == _FORM and parameters.get("boundary"):
            self._parser = PushMultipartParser(parameters["boundary"])
        query: bytes = request.scope["query_string"]
        self._add(query)
        self._add(media_type.encode())

    def take(self, piece: bytes) -> None:
        """Take the next piece of the body."""
        if self._parser is None:
            self._digest.update(piece)
            return
        try:
            for event in self._parser.parse(piece):
                self._take_event(event)
        except (MultipartError, UnicodeDecodeError, LookupError):
            self._parser = None
            self._digest.update(piece)

    def digest(self) -> bytes:
        """Return the digest of what was taken."""
        return self._digest.digest()

    def _take_event(self, event: Any) -> None:
        if isinstance(event, MultipartSegment):
            for text in (event.name, event.filename, event.content_type):
                self._add((text or "").encode())
            self._size_bytes = 0
        elif event is None:
            self._digest.update(self._size_bytes.to_bytes(8))
        else:
            self._digest.update(event)
            self._size_bytes += len(event)

    def _add(self, part: bytes) -> None:
        """Take a part whose length must not be mistaken for that of the next."""
        self._digest.update(len(part).to_bytes(8) + part)
