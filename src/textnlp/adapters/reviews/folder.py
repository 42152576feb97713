"""Reviews in a folder, for one machine: what was asked, the items, and a journal of what people did."""

import asyncio
import contextlib
import dataclasses
import fcntl
import os
import re
import shutil
from collections.abc import Collection, Generator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from textnlp.adapters.reviews.kept_review import KeptReview
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.model import ItemState, Review, ReviewItem, ReviewProgress
from textnlp.domain.review.record import decode_item, decode_review, encode_item, encode_review, encode_said
from textnlp.domain.review.refusals import foreign_review, no_such_review, review_exists
from textnlp.ports.review_store import ItemChange

REVIEW_FILE = "review.json"
ITEMS_FILE = "items.jsonl"
JOURNAL_FILE = "journal.jsonl"

_KNOWN_ID = re.compile(r"review_[0-9a-z]{26}")


class FolderReviewStore:
    """Satisfies the `ReviewStore` port on a folder that has a folder for each review.

    `items.jsonl` is written once; each change of an item is a line at the end of `journal.jsonl`, of which the last
    one counts. Commands that run at once take turns by a lock on the journal, and a last line that a crash has cut
    off is passed over. A review is read whole with every call, which suits thousands of rows, not millions.
    """

    def __init__(self, root: Path, *, tenant: str | None = None) -> None:
        self._root = root
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "FolderReviewStore":
        """Return the store as one tenant sees it."""
        return FolderReviewStore(self._root, tenant=tenant)

    async def create(self, review: Review, items: Sequence[ReviewItem]) -> None:
        """Add a review with its items; it is there when all of it is written."""
        if self._tenant not in {None, review.tenant}:
            raise foreign_review()
        await asyncio.to_thread(self._create, review, items)

    async def get(self, review_id: ReviewId) -> Review:
        """Return a review."""
        return await asyncio.to_thread(self._review, review_id)

    async def newest(self, *, before: ReviewId | None = None, limit: int) -> Sequence[Review]:
        """List reviews, newest first."""
        return await asyncio.to_thread(self._newest, before, limit)

    async def delete(self, review_id: ReviewId) -> None:
        """Remove a review with its items."""
        await self.get(review_id)
        await asyncio.to_thread(shutil.rmtree, self._root / review_id)

    async def lend_next(
        self, review_id: ReviewId, reviewer: str, *, now: datetime, until: datetime
    ) -> ReviewItem | None:
        """Give a reviewer the next item."""

        def lend() -> ReviewItem | None:
            with self._opened(review_id) as (kept, journal):
                item = kept.lend_next(reviewer, now=now, until=until)
                if item is not None:
                    _append(journal, item)
                return item

        return await asyncio.to_thread(lend)

    async def change(self, review_id: ReviewId, position: int, change: ItemChange) -> ReviewItem:
        """Replace an item by what `change` makes of it."""

        def replace() -> ReviewItem:
            with self._opened(review_id) as (kept, journal):
                item = kept.change(position, change)
                _append(journal, item)
                return item

        return await asyncio.to_thread(replace)

    async def item(self, review_id: ReviewId, position: int) -> ReviewItem:
        """Return an item."""
        return (await self._read(review_id)).item(position)

    async def items(
        self, review_id: ReviewId, *, states: Collection[ItemState] | None = None, after: int = -1, limit: int
    ) -> Sequence[ReviewItem]:
        """List items in their order."""
        return (await self._read(review_id)).page(states, after=after, limit=limit)

    async def progress(self, review_id: ReviewId) -> ReviewProgress:
        """Count items by state, and answers."""
        return (await self._read(review_id)).progress()

    async def _read(self, review_id: ReviewId) -> KeptReview:
        def read() -> KeptReview:
            with self._opened(review_id) as (kept, _):
                return kept

        return await asyncio.to_thread(read)

    def _create(self, review: Review, items: Sequence[ReviewItem]) -> None:
        folder = self._root / review.id
        unfinished = self._root / f".{review.id}.{os.getpid()}"
        if folder.exists():
            raise review_exists(review.id)
        try:
            unfinished.mkdir(parents=True)
            (unfinished / REVIEW_FILE).write_bytes(encode_review(review))
            with (unfinished / ITEMS_FILE).open("wb") as file:
                file.writelines(encode_item(item) + b"\n" for item in items)
            (unfinished / JOURNAL_FILE).touch()
            unfinished.rename(folder)
        except OSError as exc:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise _unavailable(folder, exc) from exc

    def _newest(self, before: ReviewId | None, limit: int) -> list[Review]:
        names = sorted((each.name for each in self._root.glob("review_*") if each.is_dir()), reverse=True)
        found: list[Review] = []
        for name in names:
            if len(found) < limit and (before is None or name < before):
                with contextlib.suppress(TextNLPError):
                    found.append(self._review(ReviewId(name)))
        return found

    def _review(self, review_id: ReviewId) -> Review:
        if not _KNOWN_ID.fullmatch(review_id):
            raise no_such_review()
        path = self._root / review_id / REVIEW_FILE
        try:
            review = decode_review(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError) as exc:
            raise no_such_review() from exc
        except (OSError, ValueError) as exc:
            raise _unavailable(path, exc) from exc
        if self._tenant not in {None, review.tenant}:
            raise no_such_review()
        return review

    @contextlib.contextmanager
    def _opened(self, review_id: ReviewId) -> Generator[tuple[KeptReview, int]]:
        """Read a review as it is, and lend its journal while nobody else writes there."""
        review = self._review(review_id)
        folder = self._root / review_id
        try:
            journal = os.open(folder / JOURNAL_FILE, os.O_RDWR | os.O_APPEND)
        except OSError as exc:
            raise _unavailable(folder, exc) from exc
        try:
            fcntl.flock(journal, fcntl.LOCK_EX)
            yield KeptReview(review, _items(folder, journal)), journal
        finally:
            os.close(journal)


def _items(folder: Path, journal: int) -> list[ReviewItem]:
    path = folder / ITEMS_FILE
    try:
        items = [decode_item(line) for line in path.read_bytes().splitlines()]
        size = os.fstat(journal).st_size
        lines = os.pread(journal, size, 0).split(b"\n")
        if lines[-1]:
            # Cut off by a crash: what was not acknowledged did not happen.
            os.ftruncate(journal, size - len(lines[-1]))
        latest: dict[int, bytes] = {}
        for line in lines[:-1]:
            latest[_PLACE.decode(line).position] = line
        for position, line in latest.items():
            items[position] = dataclasses.replace(decode_item(line), row=items[position].row)
    except (OSError, msgspec.DecodeError, IndexError) as exc:
        raise _unavailable(path, exc) from exc
    return items


class _Place(msgspec.Struct):
    position: int


_PLACE = msgspec.json.Decoder(_Place)


def _append(journal: int, item: ReviewItem) -> None:
    line = encode_said(item) + b"\n"
    try:
        while line:
            line = line[os.write(journal, line) :]
        os.fsync(journal)
    except OSError as exc:
        raise TextNLPError(f"The answer could not be written: {exc}.", kind=ErrorKind.UNAVAILABLE) from exc


def _unavailable(path: Path, exc: Exception) -> TextNLPError:
    return TextNLPError(
        f"The review in {path} cannot be used: {exc}.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint="Bring the folder back from a backup, or make the review again."),
    )
