"""What a template must be to be stored."""

import dataclasses

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.templates.reference import require_name
from textnlp.domain.templates.stored import TemplateDraft, TemplateTest
from textnlp.domain.templates.template import PromptTemplate

MAX_DESCRIPTION_CHARACTERS = 1_000
MAX_TESTS = 50
MAX_TEST_NAME_CHARACTERS = 100
MAX_FRAGMENTS = 50
MAX_DRAFT_BYTES = 1 << 20


def checked_draft(draft: TemplateDraft) -> TemplateDraft:
    """Return a draft as it can be stored, the variables of its tests brought to what JSON can say.

    Raises `INVALID_INPUT` with the field, such as `prompt` or `tests[1].expect`, for a name that is none, a prompt or
    system prompt that `PromptTemplate` refuses, more than 50 tests, two of one name, one that looks for nothing or for
    an empty fragment; and for a draft of more than a mebibyte.
    """
    require_name(draft.name, field="name")
    _require_readable(draft.text, field="prompt")
    if draft.system is not None:
        _require_readable(draft.system, field="system")
    if len(draft.description) > MAX_DESCRIPTION_CHARACTERS:
        message = f"The description is longer than {MAX_DESCRIPTION_CHARACTERS:,} characters."
        raise _refused(message, field="description")
    if len(draft.tests) > MAX_TESTS:
        raise _refused(f"A template has {MAX_TESTS} tests at most.", field="tests")
    names: set[str] = set()
    for place, test in enumerate(draft.tests):
        _require_sound(test, field=f"tests[{place}]")
        if test.name in names:
            raise _refused(f"There are two tests {test.name!r}.", field=f"tests[{place}].name")
        names.add(test.name)
    tests = tuple(_as_json(test, field=f"tests[{place}].given") for place, test in enumerate(draft.tests))
    checked = dataclasses.replace(draft, tests=tests)
    if len(msgspec.json.encode(checked)) > MAX_DRAFT_BYTES:
        raise _refused(f"The template and its tests take more than {MAX_DRAFT_BYTES:,} bytes.", field="tests")
    return checked


def _require_readable(text: str, *, field: str) -> None:
    if not text.strip():
        raise _refused("There is nothing in it.", field=field)
    try:
        PromptTemplate(text)
    except TextNLPError as error:
        facts = dataclasses.replace(error.facts, field=field)
        raise TextNLPError(error.message, kind=error.kind, facts=facts) from error


def _require_sound(test: TemplateTest, *, field: str) -> None:
    if not test.name.strip() or len(test.name) > MAX_TEST_NAME_CHARACTERS:
        message = f"The name of a test has 1 to {MAX_TEST_NAME_CHARACTERS} characters."
        raise _refused(message, field=f"{field}.name")
    if not test.expect and not test.reject:
        raise _refused("The test looks for nothing: give it `expect` or `reject`.", field=field)
    for name, fragments in (("expect", test.expect), ("reject", test.reject)):
        if len(fragments) > MAX_FRAGMENTS:
            raise _refused(f"A test has {MAX_FRAGMENTS} fragments at most.", field=f"{field}.{name}")
        if not all(fragments):
            raise _refused("A fragment cannot be empty.", field=f"{field}.{name}")


def _as_json(test: TemplateTest, *, field: str) -> TemplateTest:
    try:
        given = msgspec.json.decode(msgspec.json.encode(test.given), type=dict[str, object])
    except (TypeError, ValueError, OverflowError, RecursionError) as exc:
        raise _refused("This cannot be written as JSON.", field=field) from exc
    return dataclasses.replace(test, given=given)


def _refused(message: str, *, field: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
