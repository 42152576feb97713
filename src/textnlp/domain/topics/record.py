"""The form in which a run keeps its tree of topics, so that it grows it once."""

import msgspec

from textnlp.domain.errors import invalid_input
from textnlp.domain.topics.tree import Topic, TopicTree

RECORD_VERSION = 1
_DEEPEST = 7
_FIELD = "topics"


class _TopicRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    topic: str
    note: str | None = None
    topics: list["_TopicRecord"] = []


class _TreeRecord(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    depth: int
    degree: int
    root: _TopicRecord


def encode_topics(tree: TopicTree) -> bytes:
    """Return a tree as indented JSON, topics within topics, so that people can read and correct it."""
    record = _TreeRecord(version=RECORD_VERSION, depth=tree.depth, degree=tree.degree, root=_record(tree.root))
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def decode_topics(content: bytes) -> TopicTree:
    """Return the tree that was written; raise `INVALID_INPUT` for what is none, or has more than six levels."""
    try:
        record = msgspec.json.decode(content, type=_TreeRecord)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_input(f"The tree of topics cannot be read: {exc}.", field=_FIELD) from exc
    if record.version != RECORD_VERSION:
        message = f"The tree of topics has version {record.version}; {RECORD_VERSION} can be read."
        raise invalid_input(message, field=_FIELD)
    return TopicTree(root=_topic(record.root, 1), depth=record.depth, degree=record.degree)


def _record(topic: Topic) -> _TopicRecord:
    return _TopicRecord(topic=topic.text, note=topic.note, topics=[_record(below) for below in topic.topics])


def _topic(record: _TopicRecord, level: int) -> Topic:
    if level > _DEEPEST:
        raise invalid_input("The tree of topics has more than six levels below its root.", field=_FIELD)
    below = tuple(_topic(each, level + 1) for each in record.topics)
    return Topic(text=record.topic, topics=below, note=record.note)
