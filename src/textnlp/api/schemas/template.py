"""A stored template, as it is created, shown, rendered and tested."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.domain.templates.compiled import RenderedTemplate, TemplateFinding
from textnlp.domain.templates.draft_rules import MAX_DESCRIPTION_CHARACTERS, MAX_FRAGMENTS, MAX_TESTS
from textnlp.domain.templates.facts import report_facts, summary_facts, template_facts
from textnlp.domain.templates.stored import StoredTemplate, TemplateDraft, TemplateTest
from textnlp.domain.templates.template import MAX_TEMPLATE_CHARACTERS

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEMPLATE_CHARACTERS)]
_Fragments = Annotated[list[Annotated[str, msgspec.Meta(min_length=1)]], msgspec.Meta(max_length=MAX_FRAGMENTS)]
_NameText = Annotated[str, msgspec.Meta(max_length=100)]
_REFERENCE = "review@1"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_CREATED_AT = "2026-03-01T12:00:00Z"


class TemplateTestWrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a template must write when it is given some variables.

    Attributes:
        name: what people call it; its number where it has none.
        given: the variables.
        expect: fragments that the prompt or the system prompt must hold.
        reject: fragments that neither may hold.
    """

    name: _NameText | None = None
    given: dict[str, Any] = {}
    expect: _Fragments = []
    reject: _Fragments = []

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "a kettle",
        "given": {"product": "kettle"},
        "expect": ["review of a kettle"],
        "reject": ["{{"],
    }


class TemplateCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A version of a template to be created.

    Attributes:
        name: lower-case letters, digits, `.`, `_` and `-`, 100 at most.
        prompt: the prompt, with places for variables, in a bounded part of Jinja's language.
        system: the system prompt, with places for the same variables.
        tests: what it must write; a template that fails one is not stored.
    """

    name: _NameText
    prompt: _Text
    system: _Text | None = None
    description: Annotated[str, msgspec.Meta(max_length=MAX_DESCRIPTION_CHARACTERS)] = ""
    tests: Annotated[list[TemplateTestWrite], msgspec.Meta(max_length=MAX_TESTS)] = []

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "review",
        "prompt": "Write a one-sentence review of a {{ product }}.",
        "system": "You are a customer, not a copywriter.",
        "description": "Short product reviews.",
        "tests": [TemplateTestWrite.EXAMPLE],
    }

    def draft(self) -> TemplateDraft:
        """Return what is asked for."""
        return TemplateDraft(
            name=self.name,
            text=self.prompt,
            system=self.system,
            description=self.description,
            tests=tuple(
                TemplateTest(
                    name=f"test {number}" if test.name is None else test.name,
                    given=test.given,
                    expect=tuple(test.expect),
                    reject=tuple(test.reject),
                )
                for number, test in enumerate(self.tests, start=1)
            ),
        )


class TemplateTestRead(msgspec.Struct, kw_only=True):
    """A test of a template."""

    name: str
    given: dict[str, Any]
    expect: list[str]
    reject: list[str]

    EXAMPLE: ClassVar[dict[str, Any]] = TemplateTestWrite.EXAMPLE


class TemplateSummary(msgspec.Struct, kw_only=True):
    """A version of a template, without its texts.

    Attributes:
        reference: what will always mean this version.
        sha256: the hash of everything in it.
    """

    reference: str
    name: str
    version: int
    description: str
    created_at: datetime
    sha256: str

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "reference": _REFERENCE,
        "name": "review",
        "version": 1,
        "description": "Short product reviews.",
        "created_at": _CREATED_AT,
        "sha256": _SHA256,
    }


class TemplateRead(TemplateSummary, kw_only=True):
    """A version of a template.

    Attributes:
        variables: the names that the prompt or the system prompt refers to.
    """

    prompt: str
    system: str | None
    tests: list[TemplateTestRead]
    variables: list[str]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        **TemplateSummary.EXAMPLE,
        "prompt": TemplateCreate.EXAMPLE["prompt"],
        "system": TemplateCreate.EXAMPLE["system"],
        "tests": [TemplateTestRead.EXAMPLE],
        "variables": ["product"],
    }


class TemplateLatest(TemplateRead, kw_only=True):
    """The latest version of a template, and the numbers of all of them."""

    versions: list[int]

    EXAMPLE: ClassVar[dict[str, Any]] = {**TemplateRead.EXAMPLE, "versions": [1]}


class TemplatePage(msgspec.Struct, kw_only=True):
    """The latest versions of templates, by name; `next_after` continues the listing where it is not null."""

    templates: list[TemplateSummary]
    next_after: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {"templates": [TemplateSummary.EXAMPLE], "next_after": None}


class TemplateListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which templates to list: those after the name `after`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    after: _NameText | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"limit": 50}


class TemplateRender(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The variables that come to the places of a template."""

    variables: dict[str, Any] = {}

    EXAMPLE: ClassVar[dict[str, Any]] = {"variables": {"product": "kettle"}}


class RenderedTemplateRead(msgspec.Struct, kw_only=True):
    """What a template writes.

    Attributes:
        reference: the version that was rendered.
        system: null for a template without a system prompt.
    """

    reference: str
    prompt: str
    system: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "reference": _REFERENCE,
        "prompt": "Write a one-sentence review of a kettle.",
        "system": "You are a customer, not a copywriter.",
    }


class TemplateFindingRead(msgspec.Struct, kw_only=True):
    """How one test of a template ended.

    Attributes:
        test: its name.
        missing: expected fragments that are in neither prompt.
        unwanted: rejected fragments that are in one of them.
        error: why the template could not be rendered.
        prompt: what was written; null where it could not be rendered.
        system: likewise, and null for a template without a system prompt.
    """

    test: str
    passed: bool
    missing: list[str]
    unwanted: list[str]
    error: str | None
    prompt: str | None
    system: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "test": "a kettle",
        "passed": True,
        "missing": [],
        "unwanted": [],
        "error": None,
        "prompt": "Write a one-sentence review of a kettle.",
        "system": "You are a customer, not a copywriter.",
    }


class TemplateTestReport(msgspec.Struct, kw_only=True):
    """How the tests of a template ended; `passed` where all of them did."""

    reference: str
    passed: bool
    findings: list[TemplateFindingRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "reference": _REFERENCE,
        "passed": True,
        "findings": [TemplateFindingRead.EXAMPLE],
    }


def read_template(template: StoredTemplate) -> TemplateRead:
    """Show a version of a template."""
    return msgspec.convert(template_facts(template), TemplateRead)


def read_latest(template: StoredTemplate, versions: Sequence[int]) -> TemplateLatest:
    """Show the latest version of a template."""
    return msgspec.convert({**template_facts(template), "versions": list(versions)}, TemplateLatest)


def read_summary(template: StoredTemplate) -> TemplateSummary:
    """Show what is said of a version in a list."""
    return msgspec.convert(summary_facts(template), TemplateSummary)


def read_rendered(template: StoredTemplate, rendered: RenderedTemplate) -> RenderedTemplateRead:
    """Show what a template writes."""
    return RenderedTemplateRead(reference=str(template.reference), prompt=rendered.prompt, system=rendered.system)


def read_report(template: StoredTemplate, findings: Sequence[TemplateFinding]) -> TemplateTestReport:
    """Show how the tests of a template ended."""
    return msgspec.convert(report_facts(findings, title=str(template.reference)), TemplateTestReport)
