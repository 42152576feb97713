"""Cells that are conversations of two."""

from collections.abc import Mapping
from typing import Any

from textnlp.application.cells.cell_asker import CellAsker
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message, Role
from textnlp.domain.recipes.model_columns import ConversationColumn
from textnlp.domain.templates.template import PromptTemplate

Row = Mapping[str, Any]

_BEGIN = "Begin the conversation: write your first message, and nothing else."


class Speakers:
    """The compiled templates of a conversation."""

    def __init__(self, column: ConversationColumn) -> None:
        self._user = PromptTemplate(column.user.system)
        self._assistant = PromptTemplate(column.assistant.system)
        self._opening = None if column.opening is None else PromptTemplate(column.opening)

    def user(self, row: Row) -> str:
        """Return who the one who begins is."""
        return self._user.render(row)

    def assistant(self, row: Row) -> str:
        """Return who the one who answers is."""
        return self._assistant.render(row)

    def opening(self, row: Row) -> str | None:
        """Return the first message where it is given."""
        return None if self._opening is None else self._opening.render(row)


async def converse(column: ConversationColumn, speakers: Speakers, row: Row, asker: CellAsker) -> list[dict[str, str]]:
    """Return a conversation as `{role, content}`, ending with an answer, of `max_turns` exchanges at most.

    Each side sees the other as its user, so that any chat model can play both. A user's message with a text of `stop`
    in it, or an empty one, ends the conversation and is no part of it; where it is the first one, the conversation
    has the one exchange that it opens. Raises `BAD_RESPONSE` where the first message or an answer is empty.
    """
    user_system, system = speakers.user(row), speakers.assistant(row)
    turns: list[str] = []
    opening = speakers.opening(row)
    for number in range(column.max_turns):
        said = opening if number == 0 and opening is not None else await _user_turn(column, user_system, turns, asker)
        said, is_over = _cut(said, column.stop)
        if (is_over and number) or not said:
            break
        heard = [Message(Role.SYSTEM, system), *_told([*turns, said], mine=Role.ASSISTANT, others=Role.USER)]
        answer = await asker.ask(heard, alias=column.assistant.model or column.model)
        if not answer.text.strip():
            raise TextNLPError("An answer of the conversation is empty.", kind=ErrorKind.BAD_RESPONSE)
        turns += [said, answer.text.strip()]
        if is_over:
            break
    if not turns:
        raise TextNLPError("The first message of the conversation is empty.", kind=ErrorKind.BAD_RESPONSE)
    messages = [{"role": "system", "content": system}] if system and not column.drop_system else []
    return messages + [
        {"role": "user" if place % 2 == 0 else "assistant", "content": text} for place, text in enumerate(turns)
    ]


async def _user_turn(column: ConversationColumn, system: str, turns: list[str], asker: CellAsker) -> str:
    heard = [Message(Role.SYSTEM, system), Message(Role.USER, _BEGIN)]
    heard += _told(turns, mine=Role.USER, others=Role.ASSISTANT)
    completion = await asker.ask(heard, alias=column.user.model or column.model, allow_truncated=True)
    return completion.text


def _told(turns: list[str], *, mine: Role, others: Role) -> list[Message]:
    """Return the turns as one side sees them: `others` for those of the user, `mine` for those of the assistant."""
    return [Message(others if place % 2 == 0 else mine, text) for place, text in enumerate(turns)]


def _cut(text: str, stops: list[str]) -> tuple[str, bool]:
    """Return what stands before the first text that ends the conversation, and whether there was one."""
    places = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    return (text[: min(places)] if places else text).strip(), bool(places)
