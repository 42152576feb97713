"""A sitting of a reviewer at the terminal: item after item, answered with single keys where that can be."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import typer
from rich.console import Console

from textnlp.cli.review_listing import print_view
from textnlp.client.reviews_models import (
    ReviewAnswerWrite,
    ReviewCommentWrite,
    ReviewItemView,
    ReviewNextRead,
    ReviewNextWrite,
    ReviewRead,
    ReviewReceipt,
    ReviewSkipWrite,
)
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.typed_values import Question, choices_of, told, typed_value

_SKIP, _QUIT, _COMMENT = "s", "q", "c"
_KEYS = "123456789"
_HELP = "s skip, c comment, q quit"


class ReviewCalls(Protocol):
    """What a sitting asks of a platform, or of the data folder."""

    async def next_item(self, review_id: str, body: ReviewNextWrite) -> ReviewNextRead:
        """Give the reviewer an item."""
        ...

    async def answer_item(self, review_id: str, position: str, body: ReviewAnswerWrite) -> ReviewReceipt:
        """Note an answer."""
        ...

    async def skip_item(self, review_id: str, position: str, body: ReviewSkipWrite) -> ReviewReceipt:
        """Note a skip."""
        ...

    async def comment_on_item(self, review_id: str, position: str, body: ReviewCommentWrite) -> ReviewReceipt:
        """Note a remark."""
        ...


class _LeaveItemError(Exception):
    """The reviewer goes on to another item, or ends; `is_end` says which."""

    def __init__(self, *, is_end: bool) -> None:
        super().__init__()
        self.is_end = is_end


@dataclass(slots=True)
class ReviewSession:
    """Asks one reviewer.

    Attributes:
        read_key: returns one key.
        read_line: returns a line without its end; raises `EOFError` where there is none.
    """

    calls: ReviewCalls
    review: ReviewRead
    reviewer: str | None
    console: Console
    read_key: Callable[[], str]
    read_line: Callable[[], str]

    async def run(self) -> int:
        """Ask until nothing is left or the reviewer ends, and return how many items were answered."""
        self._greet()
        answered = 0
        while True:
            asked = ReviewNextWrite(reviewer=self.reviewer)
            item = (await self.calls.next_item(self.review.id, asked)).item
            if item is None:
                self.console.print("Nothing is left for you.")
                return answered
            try:
                answered += await self._ask(item)
            except _LeaveItemError as left:
                if left.is_end:
                    return answered

    def _greet(self) -> None:
        self.console.print(f"{self.review.name}: {self.review.item_count:,} items", style="bold")
        if self.review.guidelines:
            self.console.print(self.review.guidelines, markup=False, highlight=False)
        self.console.print(_HELP, style="dim")

    async def _ask(self, item: ReviewItemView) -> int:
        print_view(item, self.review.questions, console=self.console)
        values: dict[str, Any] = {}
        try:
            for name, question in self.review.questions.items():
                value = await self._value(item, name, question)
                if value is not None:
                    values[name] = value
            body = ReviewAnswerWrite(values=values, reviewer=self.reviewer)
            await self.calls.answer_item(self.review.id, str(item.position), body)
        except TextNLPError as error:
            if error.kind not in {ErrorKind.INVALID_INPUT, ErrorKind.CONFLICT}:
                raise
            self.console.print(error.full_text, style="yellow", markup=False)
            return 0
        return 1

    async def _value(self, item: ReviewItemView, name: str, question: Question) -> Any:
        choices = choices_of(question)
        while True:
            if choices and len(choices) <= len(_KEYS):
                found = self._chosen(name, question, choices)
            else:
                found = self._typed(name, question)
            if found in {_SKIP, _QUIT, _COMMENT}:
                await self._leave(item, found)
            elif found == "" and not question.get("required", True):
                return None
            elif found == "" and question["kind"] == "edit":
                return item.row.get(question["column"])
            elif choices and found not in choices:
                self.console.print(f"Not one of {', '.join(choices)}.", style="yellow", markup=False)
            else:
                return typed_value(name, question, found)

    async def _leave(self, item: ReviewItemView, key: str) -> None:
        position = str(item.position)
        if key == _COMMENT:
            self.console.print("comment: ", end="", style="dim")
            text = self.read_line()
            if text.strip():
                body = ReviewCommentWrite(text=text, reviewer=self.reviewer)
                await self.calls.comment_on_item(self.review.id, position, body)
            return
        if key == _SKIP:
            await self.calls.skip_item(self.review.id, position, ReviewSkipWrite(reviewer=self.reviewer))
        raise _LeaveItemError(is_end=key == _QUIT)

    def _chosen(self, name: str, question: Question, choices: list[str]) -> str:
        """Return the choice whose key was pressed; a mark is its own key."""
        is_mark = question["kind"] == "rating" and all(len(choice) == 1 for choice in choices)
        keys = choices if is_mark else list(_KEYS[: len(choices)])
        shown = name if is_mark else "  ".join(f"{key} {choice}" for key, choice in zip(keys, choices, strict=True))
        self.console.print(f"{shown}? ", end="", markup=False)
        key = self.read_key()
        self.console.print(key, markup=False)
        if key in {"\x03", "\x04", ""}:
            return _QUIT
        return dict(zip(keys, choices, strict=True)).get(key, key if key in {_SKIP, _QUIT, _COMMENT} else f"key {key}")

    def _typed(self, name: str, question: Question) -> str:
        self.console.print(f"{name} ({told(question)}): ", end="", markup=False)
        try:
            return self.read_line()
        except EOFError:
            return _QUIT


def terminal_keys() -> Callable[[], str]:
    """Return what reads single keys of a terminal, or the first character of each line of a file or pipe."""
    if sys.stdin.isatty():
        return typer.getchar
    return lambda: sys.stdin.readline().rstrip("\n")[:1]


def terminal_line() -> str:
    """Read a line of standard input; raise `EOFError` at its end."""
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")
