"""Stored templates: listed, shown with what changed in them, rendered, tested, and created."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import templates_of
from textnlp.api.dependencies import services_of
from textnlp.api.invalid_fields import invalid_field
from textnlp.api.openapi import described
from textnlp.api.schemas.template import TemplateCreate, TemplateTestWrite
from textnlp.application.create_template import create_template
from textnlp.application.render_template import render_template
from textnlp.application.run_template_tests import run_template_tests
from textnlp.console.page import fragment, is_fragment_wanted, page, send_on
from textnlp.console.query import read_filters, read_texts
from textnlp.console.template_values import PREFIX, split_values
from textnlp.console.text_diff import DiffLine, text_diff
from textnlp.domain.errors import TextNLPError, invalid_input, not_found
from textnlp.domain.templates.compiled import CompiledTemplate
from textnlp.domain.templates.facts import facts_of_test
from textnlp.domain.templates.reference import TemplateReference, parse_version
from textnlp.domain.templates.stored import StoredTemplate
from textnlp.topology.scopes import READ, WRITE

_TEMPLATES = "/console/templates"
_TEMPLATE = f"{_TEMPLATES}/{{template:str}}"
_SECTION = "templates"
_A_PAGE = 100
_TEST_EXAMPLE = """[
  {"name": "a kettle", "given": {"product": "kettle"}, "expect": ["kettle"], "reject": ["{{"]}
]"""


class TemplateFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which templates are listed: those after a name."""

    after: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class VersionFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which version is shown, and which one it is compared with; the latest, and the one before it."""

    version: str | None = None
    against: str | None = None


class Draft(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A version to be created; `tests` is a JSON list."""

    name: str = ""
    prompt: str = ""
    system: str | None = None
    description: str = ""
    tests: str | None = None

    def create(self) -> TemplateCreate:
        """Return it as the API takes it; raise `INVALID_INPUT` naming the field that is wrong."""
        fields = {
            "name": self.name,
            "prompt": self.prompt,
            "system": self.system,
            "description": self.description,
            "tests": [] if self.tests is None else _tests(self.tests),
        }
        try:
            return msgspec.convert(fields, TemplateCreate)
        except msgspec.ValidationError as exc:
            raise invalid_field(exc, shape=TemplateCreate) from exc


@get(_TEMPLATES, opt=described(grant=READ))
async def list_templates(request: Request[Any, Any, Any]) -> Response[str]:
    """Show templates by name, each with its latest version."""
    after = read_filters(request, TemplateFilter).after
    found = await templates_of(request.scope).page(after=after, limit=_A_PAGE)
    return page(
        request,
        "templates/list.html",
        section=_SECTION,
        title="Templates",
        templates=[(each, sorted(CompiledTemplate(each).variables)) for each in found],
        after=after,
        next_after=found[-1].name if len(found) == _A_PAGE else None,
    )


@get(f"{_TEMPLATES}/create", opt=described(grant=WRITE))
async def ask_for_template(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form for a template; where a name is given, with its latest version in it."""
    name = request.query_params.get("name", "")
    filled: dict[str, str] = {}
    if name:
        latest = await templates_of(request.scope).get(TemplateReference(name))
        filled = {
            "name": latest.name,
            "prompt": latest.text,
            "system": latest.system or "",
            "description": latest.description,
            "tests": _written_tests(latest),
        }
    title = f"A version of {name}" if name else "A template"
    return _form(request, title, filled, error=None)


@post(f"{_TEMPLATES}/create", opt=described(grant=WRITE))
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    """Store a version and go to it; what is wrong is told above the form as it was filled in."""
    fields = await read_texts(request)
    try:
        draft = _converted(fields).create().draft()
        stored = await create_template(
            templates_of(request.scope), draft, clock=services_of(request.scope).platform.clock
        )
    except TextNLPError as error:
        if is_fragment_wanted(request):
            raise
        return _form(request, "A template", fields, error=error)
    return send_on(request, f"{_TEMPLATES}/{stored.name}?version={stored.version}")


@get(_TEMPLATE, opt=described(grant=READ))
async def show_template(request: Request[Any, Any, Any], template: FromPath[str]) -> Response[str]:
    """Show a version of a template, with what it has that another version has not."""
    wanted = read_filters(request, VersionFilter)
    store = templates_of(request.scope)
    shown = await store.get(_reference(template, wanted.version))
    versions = await store.versions(shown.name)
    against = wanted.against or (str(shown.version - 1) if shown.version > 1 else None)
    other = None if against is None else await store.get(_reference(template, against))
    return page(
        request,
        "templates/show.html",
        section=_SECTION,
        title=shown.name,
        stored=shown,
        versions=versions,
        other=other,
        differences=[] if other is None else _differences(other, shown),
        variables=sorted(CompiledTemplate(shown).variables),
        tests=_written_tests(shown),
        prefix=PREFIX,
        filled={},
    )


@post(f"{_TEMPLATE}/versions/{{version:str}}/render", opt=described(grant=READ))
async def render_version(
    request: Request[Any, Any, Any], template: FromPath[str], version: FromPath[str]
) -> Response[str]:
    """Show what a version writes with the values of a form; no model is asked."""
    values, _ = split_values(await read_texts(request))
    reference = _reference(template, version)
    shown, rendered = await render_template(templates_of(request.scope), reference, values)
    return _answer(request, "templates/rendered.html", shown, rendered=rendered)


@post(f"{_TEMPLATE}/versions/{{version:str}}/test", opt=described(grant=READ))
async def test_version(
    request: Request[Any, Any, Any], template: FromPath[str], version: FromPath[str]
) -> Response[str]:
    """Run the tests of a version, and show how each ended; no model is asked."""
    shown = await templates_of(request.scope).get(_reference(template, version))
    return _answer(request, "templates/tested.html", shown, findings=await run_template_tests(shown))


def _answer(request: Request[Any, Any, Any], part: str, shown: StoredTemplate, **facts: Any) -> Response[str]:
    """Answer with a part of the page, or for browsers without scripts with a page that holds nothing else."""
    if is_fragment_wanted(request):
        return fragment(request, part, **facts)
    title = str(shown.reference)
    return page(request, "templates/result.html", section=_SECTION, title=title, stored=shown, part=part, **facts)


def _form(
    request: Request[Any, Any, Any], title: str, filled: Mapping[str, str], *, error: TextNLPError | None
) -> Response[str]:
    facts: dict[str, Any] = {"filled": filled, "example": _TEST_EXAMPLE, "error": error}
    return page(request, "templates/create.html", section=_SECTION, title=title, **facts)


def _reference(name: str, version: str | None) -> TemplateReference:
    """Read a name and a version; what cannot be one is at a path where nothing is."""
    try:
        return TemplateReference(name, None if version is None else parse_version(version))
    except TextNLPError as error:
        raise not_found(error.message) from error


def _differences(before: StoredTemplate, after: StoredTemplate) -> list[tuple[str, list[DiffLine]]]:
    texts = (
        ("Prompt", before.text, after.text),
        ("System prompt", before.system or "", after.system or ""),
        ("Description", before.description, after.description),
        ("Tests", _written_tests(before), _written_tests(after)),
    )
    found = [(name, text_diff(old, new)) for name, old, new in texts]
    return [(name, lines) for name, lines in found if lines]


def _written_tests(template: StoredTemplate) -> str:
    if not template.tests:
        return ""
    return msgspec.json.format(msgspec.json.encode([facts_of_test(test) for test in template.tests]), indent=2).decode()


def _converted(fields: Mapping[str, str]) -> Draft:
    try:
        return msgspec.convert(dict(fields), Draft)
    except msgspec.ValidationError as exc:
        raise invalid_field(exc, shape=Draft) from exc


def _tests(text: str) -> list[TemplateTestWrite]:
    try:
        return msgspec.json.decode(text, type=list[TemplateTestWrite])
    except (msgspec.DecodeError, RecursionError) as exc:
        raise invalid_input(f"The tests cannot be read: {exc}.", field="tests") from exc


PAGES = (list_templates, ask_for_template, create, show_template, render_version, test_version)
