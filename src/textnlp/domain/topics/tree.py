"""A tree of topics, whose leaves rows begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic and those below it.

    Attributes:
        text: the topic itself, one line.
        topics: those below it; none for a leaf.
        note: why it has fewer topics below it than were asked for; None where it has all, or none were wanted.
    """

    text: str
    topics: tuple["Topic", ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLeaf:
    """A topic without others below it.

    Attributes:
        topic: its text.
        path: the texts from the root down to it, both included.
    """

    topic: str
    path: tuple[str, ...]

    @property
    def fields(self) -> dict[str, Any]:
        """The columns of a row that begins with it."""
        return {"topic": self.topic, "path": list(self.path)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTree:
    """A tree that was grown; no two of its topics say the same.

    Attributes:
        depth: levels below the root that were wanted.
        degree: topics below each topic that were wanted.
    """

    root: Topic
    depth: int
    degree: int

    def walk(self) -> Iterator[tuple[tuple[str, ...], Topic]]:
        """Yield every topic with its path, each before those below it."""
        waiting = [((self.root.text,), self.root)]
        while waiting:
            path, topic = waiting.pop()
            yield path, topic
            waiting += [((*path, below.text), below) for below in reversed(topic.topics)]

    def leaves(self) -> tuple[TopicLeaf, ...]:
        """Return the leaves from left to right; one that could not be grown further is among them."""
        return tuple(TopicLeaf(topic=topic.text, path=path) for path, topic in self.walk() if not topic.topics)

    def notes(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Return the paths of the topics that have fewer below them than were wanted, each with the reason."""
        return tuple((path, topic.note) for path, topic in self.walk() if topic.note is not None)

    @property
    def size(self) -> int:
        """Topics in it, the root included."""
        return sum(1 for _ in self.walk())
