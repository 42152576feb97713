"""Stored prompt templates."""

from http import HTTPStatus
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath

from textnlp.api.caller import templates_of
from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.template import (
    RenderedTemplateRead,
    TemplateCreate,
    TemplateLatest,
    TemplateListQuery,
    TemplatePage,
    TemplateRead,
    TemplateRender,
    TemplateTestReport,
    read_latest,
    read_rendered,
    read_report,
    read_summary,
    read_template,
)
from textnlp.api.text_fields import read_query
from textnlp.application.create_template import create_template
from textnlp.application.render_template import render_template
from textnlp.application.run_template_tests import run_template_tests
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found
from textnlp.domain.templates.reference import LATEST, TemplateReference, parse_reference
from textnlp.topology.scopes import READ, WRITE

TEMPLATES = "/api/v1/templates"
_TEMPLATE = f"{TEMPLATES}/{{template:str}}"
_CHANGED = (ErrorKind.CONFLICT,)
_BY_REFERENCE = f"{TEMPLATES}/{{reference:str}}"


@post(
    TEMPLATES,
    status_code=HTTPStatus.CREATED,
    summary="Create a version of a template",
    opt=described(
        operation="create_template",
        grant=WRITE,
        takes_idempotency_key=True,
        body=TemplateCreate,
        answer=TemplateRead,
        raises=(ErrorKind.CONFLICT, ErrorKind.LIMIT_REACHED),
    ),
)
async def create(request: Request[Any, Any, Any]) -> TemplateRead:
    """Store the next version of a template, or answer with the latest one where nothing differs from it.

    A version never changes. Its own tests are run first; a template that fails one is refused.
    """
    services = services_of(request.scope)
    asked = await read_document(request, TemplateCreate, max_bytes=services.limits.max_request_body_bytes)
    return read_template(
        await create_template(templates_of(request.scope), asked.draft(), clock=services.platform.clock)
    )


@get(
    TEMPLATES,
    summary="List templates",
    opt=described(grant=READ, query=TemplateListQuery, answer=TemplatePage, raises=_CHANGED),
)
async def list_templates(request: Request[Any, Any, Any]) -> TemplatePage:
    """List templates by name, each with its latest version."""
    query = read_query(request, TemplateListQuery)
    page = await templates_of(request.scope).page(after=query.after, limit=query.limit)
    return TemplatePage(
        templates=[read_summary(template) for template in page],
        next_after=page[-1].name if len(page) == query.limit else None,
    )


@get(_TEMPLATE, summary="Show a template", opt=described(grant=READ, answer=TemplateLatest, raises=_CHANGED))
async def show_template(request: Request[Any, Any, Any], template: FromPath[str]) -> TemplateLatest:
    """Show the latest version of a template, and which others there are."""
    store = templates_of(request.scope)
    latest = await store.get(_reference(f"{template}@{LATEST}"))
    return read_latest(latest, await store.versions(latest.name))


@get(
    f"{_TEMPLATE}/versions/{{version:str}}",
    summary="Show a version of a template",
    opt=described(grant=READ, answer=TemplateRead, raises=_CHANGED),
)
async def show_template_version(
    request: Request[Any, Any, Any], template: FromPath[str], version: FromPath[str]
) -> TemplateRead:
    """Show one version of a template."""
    return read_template(await templates_of(request.scope).get(_reference(f"{template}@{version}")))


@post(
    f"{_BY_REFERENCE}/render",
    status_code=HTTPStatus.OK,
    summary="Render a template",
    opt=described(
        operation="render_template", grant=READ, body=TemplateRender, answer=RenderedTemplateRead, raises=_CHANGED
    ),
)
async def render(request: Request[Any, Any, Any], reference: FromPath[str]) -> RenderedTemplateRead:
    """Write out a template with variables; no model is asked."""
    limits = services_of(request.scope).limits
    asked = await read_document(request, TemplateRender, max_bytes=limits.max_request_body_bytes)
    found = await render_template(templates_of(request.scope), _reference(reference), asked.variables)
    return read_rendered(*found)


@post(
    f"{_BY_REFERENCE}/test",
    status_code=HTTPStatus.OK,
    summary="Run the tests of a template",
    opt=described(operation="test_template", grant=READ, answer=TemplateTestReport, raises=_CHANGED),
)
async def run_tests(request: Request[Any, Any, Any], reference: FromPath[str]) -> TemplateTestReport:
    """Run the tests of a template and tell how each ended; no model is asked."""
    template = await templates_of(request.scope).get(_reference(reference))
    return read_report(template, await run_template_tests(template))


def _reference(text: str) -> TemplateReference:
    """Read a reference in a path; one that cannot be read is at a path where nothing is."""
    try:
        return parse_reference(text)
    except TextNLPError as error:
        raise not_found(error.message) from error
