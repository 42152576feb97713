# Made from the OpenAPI document. To renew: make reference
"""The operations around templates, and the models."""

import datetime as dt
from typing import Any

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.transport import Transport


class RenderedTemplateRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a template writes.

    Attributes:
        reference: the version that was rendered.
        system: null for a template without a system prompt.
    """

    reference: str
    prompt: str
    system: str | None


class TemplateTestWrite(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a template must write when it is given some variables.

    Attributes:
        name: what people call it; its number where it has none.
        given: the variables.
        expect: fragments that the prompt or the system prompt must hold.
        reject: fragments that neither may hold.
    """

    name: str | None = None
    given: dict[str, Any] | None = None
    expect: list[str] | None = None
    reject: list[str] | None = None


class TemplateCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A version of a template to be created.

    Attributes:
        name: lower-case letters, digits, `.`, `_` and `-`, 100 at most.
        prompt: the prompt, with places for variables, in a bounded part of Jinja's language.
        system: the system prompt, with places for the same variables.
        tests: what it must write; a template that fails one is not stored.
    """

    name: str
    prompt: str
    system: str | None = None
    description: str | None = None
    tests: list[TemplateTestWrite] | None = None


class TemplateFindingRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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


class TemplateTestRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A test of a template."""

    name: str
    given: dict[str, Any]
    expect: list[str]
    reject: list[str]


class TemplateLatest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The latest version of a template, and the numbers of all of them.

    Attributes:
        reference: what will always mean this version.
        sha256: the hash of everything in it.
        variables: the names that the prompt or the system prompt refers to.
    """

    reference: str
    name: str
    version: int
    description: str
    created_at: dt.datetime
    sha256: str
    prompt: str
    system: str | None
    tests: list[TemplateTestRead]
    variables: list[str]
    versions: list[int]


class TemplateSummary(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A version of a template, without its texts.

    Attributes:
        reference: what will always mean this version.
        sha256: the hash of everything in it.
    """

    reference: str
    name: str
    version: int
    description: str
    created_at: dt.datetime
    sha256: str


class TemplatePage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The latest versions of templates, by name; `next_after` continues the listing where it is not null."""

    templates: list[TemplateSummary]
    next_after: str | None


class TemplateRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A version of a template.

    Attributes:
        reference: what will always mean this version.
        sha256: the hash of everything in it.
        variables: the names that the prompt or the system prompt refers to.
    """

    reference: str
    name: str
    version: int
    description: str
    created_at: dt.datetime
    sha256: str
    prompt: str
    system: str | None
    tests: list[TemplateTestRead]
    variables: list[str]


class TemplateRender(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The variables that come to the places of a template."""

    variables: dict[str, Any] | None = None


class TemplateTestReport(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How the tests of a template ended; `passed` where all of them did."""

    reference: str
    passed: bool
    findings: list[TemplateFindingRead]


class Templates:
    """The operations around templates, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, limit: int | None = None, after: str | None = None) -> TemplatePage:
        """List templates by name, each with its latest version."""
        return self._transport.decoded(_list(limit=limit, after=after), TemplatePage)

    def create(self, body: TemplateCreate) -> TemplateRead:
        """Store the next version of a template, or answer with the latest one where nothing differs from it.

        A version never changes. Its own tests are run first; a template that fails one is refused.
        """
        return self._transport.decoded(_create(body), TemplateRead)

    def show(self, template: str) -> TemplateLatest:
        """Show the latest version of a template, and which others there are."""
        return self._transport.decoded(_show(template), TemplateLatest)

    def show_version(self, template: str, version: str) -> TemplateRead:
        """Show one version of a template."""
        return self._transport.decoded(_show_version(template, version), TemplateRead)

    def render(self, reference: str, body: TemplateRender) -> RenderedTemplateRead:
        """Write out a template with variables; no model is asked."""
        return self._transport.decoded(_render(reference, body), RenderedTemplateRead)

    def test(self, reference: str) -> TemplateTestReport:
        """Run the tests of a template and tell how each ended; no model is asked."""
        return self._transport.decoded(_test(reference), TemplateTestReport)


class AsyncTemplates:
    """The operations around templates, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list(self, *, limit: int | None = None, after: str | None = None) -> TemplatePage:
        """List templates by name, each with its latest version."""
        return await self._transport.decoded(_list(limit=limit, after=after), TemplatePage)

    async def create(self, body: TemplateCreate) -> TemplateRead:
        """Store the next version of a template, or answer with the latest one where nothing differs from it.

        A version never changes. Its own tests are run first; a template that fails one is refused.
        """
        return await self._transport.decoded(_create(body), TemplateRead)

    async def show(self, template: str) -> TemplateLatest:
        """Show the latest version of a template, and which others there are."""
        return await self._transport.decoded(_show(template), TemplateLatest)

    async def show_version(self, template: str, version: str) -> TemplateRead:
        """Show one version of a template."""
        return await self._transport.decoded(_show_version(template, version), TemplateRead)

    async def render(self, reference: str, body: TemplateRender) -> RenderedTemplateRead:
        """Write out a template with variables; no model is asked."""
        return await self._transport.decoded(_render(reference, body), RenderedTemplateRead)

    async def test(self, reference: str) -> TemplateTestReport:
        """Run the tests of a template and tell how each ended; no model is asked."""
        return await self._transport.decoded(_test(reference), TemplateTestReport)


def _list(*, limit: int | None = None, after: str | None = None) -> Call:
    return Call(method="GET", path="/api/v1/templates", query={"limit": limit, "after": after})


def _create(body: TemplateCreate) -> Call:
    return Call(method="POST", path="/api/v1/templates", body=body, takes_key=True)


def _show(template: str) -> Call:
    return Call(method="GET", path=f"/api/v1/templates/{segment(template)}")


def _show_version(template: str, version: str) -> Call:
    return Call(method="GET", path=f"/api/v1/templates/{segment(template)}/versions/{segment(version)}")


def _render(reference: str, body: TemplateRender) -> Call:
    return Call(method="POST", path=f"/api/v1/templates/{segment(reference)}/render", body=body)


def _test(reference: str) -> Call:
    return Call(method="POST", path=f"/api/v1/templates/{segment(reference)}/test")
