"""How topics are asked for, and how an answer is read."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.json_text import find_json
from textnlp.domain.templates.template import PromptTemplate
from textnlp.domain.topics.growth import TopicQuestion
from textnlp.domain.topics.likeness import MAX_TOPIC_CHARACTERS

PROMPT_VARIABLES = frozenset({"root", "path", "degree", "known"})
"""What a prompt for topics may refer to: the text of the root, the texts from the root down to the topic, how many are
asked for, and which ones must not be given again."""

TOPICS_PROMPT = """\
A tree of topics about {{ root }} is being drawn up.

{% if path|length > 1 %}The path from the root to the topic in question: {{ path|join(" > ") }}

{% endif %}\
List exactly {{ degree }} topics that lie directly below “{{ path[-1] }}”. Together they cover it widely, and none \
overlaps with another. Each is a phrase of a few words that is understood on its own, without number or explanation.\
{% if known %}

Do not give any of these again, nor the same in other words:
{% for each in known %}- {{ each }}
{% endfor %}{% endif %}"""
"""What is asked where a recipe has no prompt of its own."""

_SPARE = 5
_SEED_BYTES = 4
_SEEDS = 1 << 31


def topics_template(prompt: str | None) -> PromptTemplate:
    """Return the prompt to be asked; raise `INVALID_INPUT` with field `seeds.prompt` for one that cannot be."""
    try:
        template = PromptTemplate(TOPICS_PROMPT if prompt is None else prompt)
    except TextNLPError as error:
        raise invalid_input(error.message, field="seeds.prompt") from error
    unknown = sorted(template.variables - PROMPT_VARIABLES)
    if unknown:
        message = f"A prompt for topics knows {', '.join(sorted(PROMPT_VARIABLES))}, but no {', '.join(unknown)}."
        raise invalid_input(message, field="seeds.prompt")
    return template


def prompt_of(template: PromptTemplate, question: TopicQuestion) -> str:
    """Return what is asked for one question."""
    known = list(question.known)
    given = {"root": question.path[0], "path": list(question.path), "degree": question.missing, "known": known}
    return template.render(given)


def topics_schema(missing: int) -> dict[str, Any]:
    """Return the form of an answer: an object, as some providers want it, with a list of topics.

    A few more than asked for may be given, which stand in for those that are in the tree already.
    """
    item = {"type": "string", "minLength": 1, "maxLength": MAX_TOPIC_CHARACTERS}
    listed = {"type": "array", "items": item, "minItems": 1, "maxItems": 2 * missing + _SPARE}
    return {"type": "object", "properties": {"topics": listed}, "required": ["topics"], "additionalProperties": False}


def read_topics(answer: str) -> list[str]:
    """Return the topics in an answer; raise `SCHEMA_MISMATCH` where it holds no list."""
    value = find_json(answer)
    if isinstance(value, Mapping):
        value = cast("Mapping[str, object]", value).get("topics")
    if not isinstance(value, list):
        raise TextNLPError("The answer holds no list of topics.", kind=ErrorKind.SCHEMA_MISMATCH)
    return [each for each in cast("list[object]", value) if isinstance(each, str)]


def question_seed(seed: int, question: TopicQuestion, *, attempt: int) -> int:
    """Return the seed of a call, below 2 ** 31: another for each topic and attempt, the same in every process."""
    digest = hashlib.blake2b("\0".join((str(seed), str(attempt), *question.path)).encode(), digest_size=_SEED_BYTES)
    return int.from_bytes(digest.digest(), "little") % _SEEDS
