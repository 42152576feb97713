from datetime import UTC, datetime

from textnlp.adapters.blobs.announcements import Announcements
from textnlp.ports.blob_store import BlobInfo


def _info(path: str) -> BlobInfo:
    return BlobInfo(path=path, etag="1", size_bytes=0, modified_at=datetime(2026, 1, 1, tzinfo=UTC))


async def test_subscribers_hear_of_their_prefix_while_they_listen() -> None:
    announcements = Announcements()
    announcements.announce(_info("in/early"))
    with announcements.subscribed("in/") as narrow, announcements.subscribed("") as wide:
        announcements.announce(_info("in/a"))
        announcements.announce(_info("out/b"))
    announcements.announce(_info("in/late"))
    assert narrow.get_nowait().path == "in/a"
    assert narrow.empty()
    assert [wide.get_nowait().path for _ in range(wide.qsize())] == ["in/a", "out/b"]
