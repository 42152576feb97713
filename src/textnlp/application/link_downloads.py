"""Let callers fetch large files from where they lie, instead of through this process."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from textnlp.domain.errors import TextNLPError
from textnlp.ports.blob_links import BlobLinks

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLinks:
    """Decides which files are fetched by a link, and makes it; whoever asks has checked that the caller may have them.

    Attributes:
        links: signs them; None where the blobs lie where nothing can be signed.
        from_bytes: size of the smallest file that gets one; None for no file at all.
        lasts: how long a link can be used.
    """

    links: BlobLinks | None = None
    from_bytes: int | None = None
    lasts: timedelta = timedelta(0)

    async def find(self, path: str, *, size_bytes: int, file_name: str) -> str | None:
        """Return a link for a file, or None for one that this process sends itself.

        A link that cannot be signed is none, so that the file arrives all the same; the log says why.
        """
        if self.links is None or self.from_bytes is None or size_bytes < self.from_bytes:
            return None
        try:
            return await self.links.link(path, lasts=self.lasts, file_name=file_name)
        except TextNLPError as error:
            _LOG.warning("A file is sent through this process, for no link to it can be made: %s", error.full_text)
            return None


NO_LINKS = DownloadLinks()
