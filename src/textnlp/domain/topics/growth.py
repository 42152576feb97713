"""How a tree of topics grows, level by level; what is asked and who answers is the caller's business."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from textnlp.domain.errors import invalid_input
from textnlp.domain.topics.likeness import NEAR_EQUAL, TopicRegister, tidy_topic
from textnlp.domain.topics.tree import Topic, TopicTree

MAX_TOPICS = 50_000
"""Topics that a tree may have if every answer is complete."""

_MOST_KNOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicQuestion:
    """Topics that are missing below one topic.

    Attributes:
        number: the topic that they are missing below, for `TopicGrowth.take`.
        path: its path from the root.
        missing: how many are missing.
        known: topics that must not be given again: those below it, and those that were given and are elsewhere.
    """

    number: int
    path: tuple[str, ...]
    missing: int
    known: tuple[str, ...]


@dataclass(slots=True)
class _Growing:
    text: str
    path: tuple[str, ...]
    below: list[int] = field(default_factory=list[int])
    known: list[str] = field(default_factory=list[str])
    reason: str | None = None
    note: str | None = None


class TopicGrowth:
    """A tree on its way.

    Questions of one level can be answered all at once; as long as their answers are taken in the order of the
    questions, the tree is the same, however they came in. Of topics that say the same (`TopicRegister`) the first
    one taken stays, wherever in the tree it is. Raises `INVALID_INPUT` for a root without a letter or digit, and for
    a tree that could get more than 50,000 topics.
    """

    def __init__(self, root: str, *, depth: int, degree: int, near: float = NEAR_EQUAL) -> None:
        text = tidy_topic(root)
        if not text:
            raise invalid_input("The root of a tree of topics must be a short text.", field="seeds.root")
        size = sum(degree**level for level in range(depth + 1))
        if size > MAX_TOPICS:
            message = f"A tree of {depth} levels with {degree} topics each has {size:,} topics; {MAX_TOPICS:,} may be."
            raise invalid_input(message, field="seeds.degree")
        self._depth = depth
        self._degree = degree
        self._register = TopicRegister(near=near)
        self._register.add(text)
        self._topics = [_Growing(text, (text,))]
        self._level = [0]

    @property
    def level(self) -> int:
        """How many levels there are below the root."""
        return len(self._topics[self._level[0]].path) - 1 if self._level else self._depth

    @property
    def size(self) -> int:
        """Topics there are, the root included."""
        return len(self._topics)

    def questions(self) -> tuple[TopicQuestion, ...]:
        """Return what is missing below the topics of the lowest level, in their order; nothing for a whole tree."""
        if self.level >= self._depth:
            return ()
        growing = ((number, self._topics[number]) for number in self._level)
        return tuple(
            TopicQuestion(
                number=number,
                path=topic.path,
                missing=self._degree - len(topic.below),
                known=tuple(topic.known[-_MOST_KNOWN:]),
            )
            for number, topic in growing
            if len(topic.below) < self._degree
        )

    def take(self, number: int, answers: Iterable[str]) -> int:
        """Put answers below a topic, as far as they are wanted and say something that is not there; return how many."""
        topic = self._topics[number]
        before = len(topic.below)
        refused = 0
        for answer in answers:
            if len(topic.below) >= self._degree:
                break
            text = tidy_topic(answer)
            found = self._register.add(text) if text else None
            if not text or found is not None:
                refused += 1
                topic.known += [found] if found is not None and found not in topic.known else []
                continue
            topic.below.append(len(self._topics))
            topic.known.append(text)
            self._topics.append(_Growing(text, (*topic.path, text)))
        taken = len(topic.below) - before
        topic.reason = None
        if len(topic.below) < self._degree:
            topic.reason = (
                f"{refused} of those given last were in the tree already" if refused else "no more were given"
            )
        return taken

    def refuse(self, number: int, reason: str) -> None:
        """Say why a question was not answered."""
        self._topics[number].reason = reason

    def descend(self) -> None:
        """Go on with the next level; topics of this one that miss some keep the reason as their note."""
        for number in self._level:
            topic = self._topics[number]
            if len(topic.below) < self._degree:
                topic.note = f"{len(topic.below)} of {self._degree} topics: {topic.reason or 'none were given'}"
        self._level = [below for number in self._level for below in self._topics[number].below]

    def tree(self) -> TopicTree:
        """Return the tree as it is."""
        made: dict[int, Topic] = {}
        for number, topic in reversed(list(enumerate(self._topics))):
            below: Sequence[Topic] = [made.pop(each) for each in topic.below]
            made[number] = Topic(text=topic.text, topics=tuple(below), note=topic.note)
        return TopicTree(root=made[0], depth=self._depth, degree=self._degree)
