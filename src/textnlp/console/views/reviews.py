"""Reviews: listed, made, shown to their owner and to reviewers, deleted."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from textnlp.api.caller import ANYBODY, ports_of, principal_of, review_caller_of, review_ports_of
from textnlp.api.dataset_version import find_dataset_version
from textnlp.api.openapi import described
from textnlp.application.begin_review import ReviewSource, begin_review
from textnlp.application.create_review import create_review
from textnlp.application.decide_review_item import delete_review
from textnlp.application.export_review import ExportForm
from textnlp.application.read_dataset_rows import read_dataset_rows
from textnlp.bootstrap.review_wiring import read_sent_review
from textnlp.console.filled_form import read_lists
from textnlp.console.markdown import render_markdown
from textnlp.console.page import fragment, page, send_on
from textnlp.console.query import read_filters
from textnlp.console.review_starts import start_of
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import ItemState, Review
from textnlp.topology.scopes import READ, WRITE

REVIEWS = "/console/reviews"
REVIEW = f"{REVIEWS}/{{review_id:str}}"
SECTION = "reviews"
_A_PAGE = 30
_STATES = (ItemState.AGREED, ItemState.DECIDED, ItemState.DISPUTED, ItemState.OPEN)
_REFUSED = frozenset(
    {ErrorKind.INVALID_INPUT, ErrorKind.NOT_FOUND, ErrorKind.CONFLICT, ErrorKind.TOO_LARGE, ErrorKind.GONE}
)
_FORMS = {
    ExportForm.JSONL: "JSON Lines: rows with every answer",
    ExportForm.EXAMPLES: "Examples for prompts: rows whose edits are settled",
    ExportForm.ARGILLA: "Argilla: records",
    ExportForm.LABEL_STUDIO: "Label Studio: tasks",
    ExportForm.LABEL_STUDIO_CONFIG: "Label Studio: labelling interface",
}
_Id = Annotated[str, msgspec.Meta(max_length=64)]


class ReviewListFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which reviews are listed: those older than one."""

    before: _Id | None = None


class SourceQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where the rows of a review come from: a batch, or a version of a dataset."""

    batch: _Id | None = None
    dataset: _Id | None = None
    version: _Id | None = None


@get(REVIEWS, opt=described(grant=READ))
async def list_reviews(request: Request[Any, Any, Any]) -> Response[str]:
    """Show reviews with how far they are, newest first."""
    wanted = read_filters(request, ReviewListFilter)
    store = review_ports_of(request.scope).store
    before = None if wanted.before is None else ReviewId(wanted.before)
    found = await store.newest(before=before, limit=_A_PAGE)
    progress = await asyncio.gather(*(store.progress(review.id) for review in found))
    return page(
        request,
        "reviews/list.html",
        section=SECTION,
        title="Reviews",
        reviews=list(zip(found, progress, strict=True)),
        states=_STATES,
        before=wanted.before,
        next_before=found[-1].id if len(found) == _A_PAGE else None,
    )


@get(f"{REVIEWS}/create", opt=described(grant=WRITE))
async def ask_for_review(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form that makes a review, begun for the rows that it is to be of."""
    source = read_filters(request, SourceQuery)
    return _form(request, source, await _start(request, source), error=None)


@post(f"{REVIEWS}/create", opt=described(grant=WRITE))
async def create(request: Request[Any, Any, Any]) -> Response[Any]:
    """Put rows under review and go there; what is wrong is told at its place, and nothing that was written is lost."""
    fields = await read_lists(request)
    source, text = _source(fields), _single(fields, "document").replace("\r\n", "\n")
    try:
        review = await _made(request, source, read_sent_review(text))
    except TextNLPError as error:
        if error.kind not in _REFUSED:
            raise
        return _form(request, source, text, error=error)
    return send_on(request, f"{REVIEWS}/{review.id}")


@post(f"{REVIEWS}/check", opt=described(grant=WRITE))
async def check(request: Request[Any, Any, Any]) -> Response[str]:
    """Tell what is wrong with the text of a review, or what it would ask."""
    text = _single(await read_lists(request), "document").replace("\r\n", "\n")
    try:
        document = read_sent_review(text)
    except TextNLPError as error:
        return fragment(request, "reviews/checked.html", error=error, line=_line(text, error), document=None)
    return fragment(request, "reviews/checked.html", error=None, line="", document=document)


@get(REVIEW, opt=described(grant=READ))
async def show_review(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[str]:
    """Show how far a review is, and to its owner what can be done with it."""
    store = review_ports_of(request.scope).store
    review = await store.get(ReviewId(review_id))
    guidelines = review.document.guidelines
    return page(
        request,
        "reviews/show.html",
        section=SECTION,
        title=review.document.name,
        review=review,
        progress=await store.progress(review.id),
        guidelines=render_markdown(guidelines, under=2) if guidelines else "",
        is_owner=is_owner(request, review),
        is_named=principal_of(request.scope) == ANYBODY,
        forms=_FORMS,
        source_path=_source_path(review.source),
    )


@post(f"{REVIEW}/delete", opt=described(grant=WRITE))
async def remove(request: Request[Any, Any, Any], review_id: FromPath[str]) -> Response[Any]:
    """Delete a review with everything that was said."""
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    await delete_review(ports, ReviewId(review_id), caller=caller)
    return send_on(request, REVIEWS)


def is_owner(request: Request[Any, Any, Any], review: Review) -> bool:
    """Whether who looks may do what only the owner of the review may."""
    caller = review_caller_of(request.scope)
    return caller.is_admin or caller.name == review.owner


async def _made(request: Request[Any, Any, Any], source: SourceQuery, document: ReviewDocument) -> Review:
    ports, caller = review_ports_of(request.scope), review_caller_of(request.scope)
    if source.batch is not None and source.dataset is None:
        batch = ReviewSource(batch_id=source.batch)
        return await begin_review(ports, document, batch, caller=caller, batches=ports_of(request.scope))
    if source.dataset is None or source.batch is not None:
        raise invalid_input("Name a batch or a dataset, one of them.", field="batch")
    found = await find_dataset_version(request.scope, source.dataset, source.version or "current")
    rows = await read_dataset_rows(found.folder, await found.read(), find_rows=found.ports.find_rows)
    return await create_review(ports, document, rows, caller=caller, source=f"{found.run.id}/v{found.number}")


async def _start(request: Request[Any, Any, Any], source: SourceQuery) -> str:
    """Return the document that the form begins with."""
    if source.dataset is None:
        return start_of([])
    found = await find_dataset_version(request.scope, source.dataset, source.version or "current")
    return start_of([column.name for column in (await found.read()).columns], name=found.run.name)


def _form(
    request: Request[Any, Any, Any], source: SourceQuery, text: str, *, error: TextNLPError | None
) -> Response[str]:
    return page(
        request,
        "reviews/create.html",
        section=SECTION,
        title="Make a review",
        source=source,
        text=text,
        error=error,
        line="" if error is None else _line(text, error),
        document=None,
    )


def _source(fields: dict[str, list[str]]) -> SourceQuery:
    known = {name: _single(fields, name).strip() for name in ("batch", "dataset", "version")}
    return msgspec.convert({name: value for name, value in known.items() if value}, SourceQuery)


def _single(fields: dict[str, list[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _line(text: str, error: TextNLPError) -> str:
    """Return the line of the text that is wrong; nothing where no line is."""
    lines, number = text.split("\n"), error.facts.line
    return lines[number - 1] if number is not None and 0 < number <= len(lines) else ""


def _source_path(source: str) -> str:
    """Return the page of what the rows of a review come from; nothing for rows that were sent."""
    if source.startswith("batch_"):
        return f"/console/batches/{source}"
    dataset, sign, version = source.partition("/v")
    return f"/console/datasets/{dataset}/versions/{version}" if sign and dataset.startswith("run_") else ""


PAGES = (list_reviews, ask_for_review, create, check, show_review, remove)
