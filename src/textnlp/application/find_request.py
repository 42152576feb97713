"""Find what a row of a batch asked, in the blob that holds all of its requests in the order of the rows."""

from textnlp.domain.batches.model import PromptRow
from textnlp.domain.batches.requests import decode_requests
from textnlp.ports.blob_store import BlobStore

_WINDOW_BYTES = 64 * 1024
_END = b"\n"


async def find_request(
    blobs: BlobStore, path: str, row_index: int, *, window_bytes: int = _WINDOW_BYTES
) -> PromptRow | None:
    """Return the request of a row; None where the row could not be asked, so that there is none.

    The place is found by halving, so that a batch of a million rows takes a dozen reads of `window_bytes`. Raises
    `NOT_FOUND` where the blob is gone.
    """
    low, high = 0, (await blobs.head(path)).size_bytes
    while high - low > window_bytes:
        middle = (low + high) // 2
        begin, line = await _first_line(blobs, path, middle, high, window_bytes=window_bytes)
        found = decode_requests(line)[0] if line else None
        if found is None or found.index > row_index:
            high = middle
        elif found.index == row_index:
            return found
        else:
            low = begin
    rows = decode_requests(await _whole_lines(blobs, path, low, high, window_bytes=window_bytes))
    return next((row for row in rows if row.index == row_index), None)


async def _first_line(blobs: BlobStore, path: str, at: int, end: int, *, window_bytes: int) -> tuple[int, bytes]:
    """Return where the first line begins that begins at `at` or behind it and before `end`, and the line."""
    before = await _whole_lines(blobs, path, at - 1, at, window_bytes=window_bytes)
    begin = at - 1 + len(before)
    if begin >= end:
        return begin, b""
    return begin, await _whole_lines(blobs, path, begin, begin + 1, window_bytes=window_bytes)


async def _whole_lines(blobs: BlobStore, path: str, begin: int, end: int, *, window_bytes: int) -> bytes:
    """Return the bytes from `begin` to the first end of a line at `end - 1` or behind it."""
    read = await blobs.get(path, offset=begin, length=end - begin)
    while read and not read.endswith(_END):
        more = await blobs.get(path, offset=begin + len(read), length=window_bytes)
        if not more:
            break
        head, found, _ = more.partition(_END)
        read += head + found
    return read
