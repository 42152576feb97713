"""`textnlp review …`: rows that people look at, here or on a running platform."""

import contextlib
import getpass
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.console import Console

from textnlp.bootstrap.review_wiring import local_reviews, read_review, read_rows
from textnlp.cli.local_reviews import LocalReviews
from textnlp.cli.review_listing import (
    print_agreement,
    print_calibration,
    print_items,
    print_reviews,
    print_view,
)
from textnlp.cli.review_session import ReviewSession, terminal_keys, terminal_line
from textnlp.cli.run_loop import run_interruptible
from textnlp.cli.server_client import open_client
from textnlp.client.reviews import AsyncReviews
from textnlp.client.reviews_models import (
    ExportForm,
    ItemState,
    ReviewAnswerWrite,
    ReviewCommentWrite,
    ReviewCreate,
    ReviewDecisionWrite,
    ReviewItemRead,
    ReviewNextWrite,
    ReviewRead,
    ReviewSkipWrite,
)
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found
from textnlp.domain.review.typed_values import typed_values
from textnlp.settings import Settings, read_settings

Reviews = LocalReviews | AsyncReviews
_Found = TypeVar("_Found")

_MOST_A_PAGE = 200
_REVIEW_ID = "review_"
_BATCH_ID = "batch_"
_Review = Annotated[str, typer.Argument(metavar="REVIEW", help="Its id, or its name for the latest one of that name.")]
_Position = Annotated[int, typer.Argument(metavar="ITEM", help="Position of the item.", min=0)]
_Values = Annotated[list[str], typer.Argument(metavar="NAME=VALUE", help="An answer, once a question.")]
_Reviewer = Annotated[str | None, typer.Option(help="Who reviews; you, where unset.")]
_Server = Annotated[str | None, typer.Option(help="Use the platform at this address, not the data folder.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def create(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML with name, questions and, if wanted, more.")],
    source: Annotated[
        str, typer.Argument(metavar="ROWS", help="File or folder of rows, a dataset, or the id of a batch.")
    ],
    *,
    form: Annotated[str, typer.Option("--from", help="rows; argilla or label-studio for what they exported.")] = "rows",
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """Put rows under review, and print the id of the review.

    Rows are drawn as the file says. What Argilla or Label Studio exported comes with the answers that are in it.
    """
    body = _body(file, source, form)
    made = _called(server, lambda reviews: reviews.create(body))
    sys.stdout.write(f"{_json(made) if as_json else made.id}\n")


def list_reviews(*, as_json: _Json = False, server: _Server = None) -> None:
    """List reviews, newest first; --json prints an object a line."""
    found = _called(server, _all_reviews)
    if as_json:
        sys.stdout.writelines(f"{_json(review)}\n" for review in found)
        return
    print_reviews(found)


def next_item(review: _Review, *, reviewer: _Reviewer = None, as_json: _Json = False, server: _Server = None) -> None:
    """Show the next item to be answered, which is kept for you; nothing is printed where nothing is left."""

    async def ask(reviews: Reviews) -> tuple[ReviewRead, Any]:
        found = await _find(reviews, review)
        return found, (await reviews.next_item(found.id, ReviewNextWrite(reviewer=reviewer))).item

    found, item = _called(server, ask)
    if as_json:
        sys.stdout.write(f"{_json({'item': item})}\n")
    elif item is None:
        typer.echo("Nothing is left for you.", err=True)
    else:
        print_view(item, found.questions)


def answer(
    review: _Review,
    position: _Position,
    values: _Values,
    *,
    comment: Annotated[str, typer.Option(help="A remark for the owner.")] = "",
    reviewer: _Reviewer = None,
    server: _Server = None,
) -> None:
    """Answer an item, in place of an earlier answer of yours.

    A rating is a number, several labels and a ranking have commas between, passages are START-END:LABEL with
    semicolons between, and of a pair the better side is left, right or tie.
    """

    async def note(reviews: Reviews) -> None:
        found = await _find(reviews, review)
        body = ReviewAnswerWrite(values=typed_values(values, found.questions), comment=comment, reviewer=reviewer)
        await reviews.answer_item(found.id, str(position), body)

    _called(server, note)


def skip(
    review: _Review,
    position: _Position,
    *,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    reviewer: _Reviewer = None,
    server: _Server = None,
) -> None:
    """Leave an item to others; you are not given it again."""

    async def note(reviews: Reviews) -> None:
        found = await _find(reviews, review)
        await reviews.skip_item(found.id, str(position), ReviewSkipWrite(reason=reason, reviewer=reviewer))

    _called(server, note)


def comment_on_item(
    review: _Review,
    position: _Position,
    text: Annotated[str, typer.Argument(help="The remark.")],
    *,
    reviewer: _Reviewer = None,
    server: _Server = None,
) -> None:
    """Leave a remark on an item for its owner."""

    async def note(reviews: Reviews) -> None:
        found = await _find(reviews, review)
        await reviews.comment_on_item(found.id, str(position), ReviewCommentWrite(text=text, reviewer=reviewer))

    _called(server, note)


def start(review: _Review, *, reviewer: _Reviewer = None, server: _Server = None) -> None:
    """Review item after item here, with single keys: a mark or the number of a choice, s skip, c comment, q quit."""

    async def sit(reviews: Reviews) -> int:
        session = ReviewSession(
            calls=reviews,
            review=await _find(reviews, review),
            reviewer=reviewer,
            console=Console(),
            read_key=terminal_keys(),
            read_line=terminal_line,
        )
        return await session.run()

    answered = _called(server, sit)
    typer.echo(f"{answered:,} answered.", err=True)


def items(
    review: _Review,
    *,
    state: Annotated[
        list[ItemState] | None, typer.Option(help="open, agreed, disputed or decided; may come more than once.")
    ] = None,
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """List items with what was said of them; --json prints an object a line."""

    async def ask(reviews: Reviews) -> list[ReviewItemRead]:
        return await _all_items(reviews, (await _find(reviews, review)).id, state)

    found = _called(server, ask)
    if as_json:
        sys.stdout.writelines(f"{_json(item)}\n" for item in found)
        return
    print_items(found)


def decide(
    review: _Review,
    position: _Position,
    values: _Values,
    *,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    server: _Server = None,
) -> None:
    """Say what holds where reviewers disagree; of a pair the better side is first, second or tie."""

    async def note(reviews: Reviews) -> None:
        found = await _find(reviews, review)
        body = ReviewDecisionWrite(values=typed_values(values, found.questions), reason=reason)
        await reviews.decide_item(found.id, str(position), body)

    _called(server, note)


def export(
    review: _Review,
    *,
    form: Annotated[
        ExportForm, typer.Option("--format", help="jsonl, argilla, label-studio, label-studio-config or examples.")
    ] = ExportForm.JSONL,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output where unset.")] = None,
    server: _Server = None,
) -> None:
    """Write what people said: everything, for another tool, or settled edits as examples for a recipe's seeds."""

    async def write(reviews: Reviews) -> bytes:
        found = await _find(reviews, review)
        return b"".join([piece async for piece in reviews.export(found.id, format_=form)])

    _write(out, _called(server, write))


def report(review: _Review, *, as_json: _Json = False, server: _Server = None) -> None:
    """Show how far a review is, how its reviewers agree on each question, and how each works."""

    async def ask(reviews: Reviews) -> Any:
        return await reviews.show_agreement((await _find(reviews, review)).id)

    found = _called(server, ask)
    if as_json:
        sys.stdout.write(f"{_json(found)}\n")
        return
    print_agreement(found)


def calibrate(
    review: _Review,
    *,
    judge: Annotated[str, typer.Option(help="Column with the judge's scores, such as grade.clarity.")],
    question: Annotated[str, typer.Option(help="The question that people were asked.")],
    good: Annotated[
        str | None, typer.Option(help="Which answers mean a good row: the least mark, or labels with commas between.")
    ] = None,
    precision: Annotated[
        float | None, typer.Option(help="Precision that is wanted; the best F1 is chosen where unset.", min=0, max=1)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="calibration.json to write.")] = None,
    as_json: _Json = False,
    server: _Server = None,
) -> None:
    """Compare a judge's scores with what people said, and choose a threshold."""

    async def ask(reviews: Reviews) -> Any:
        found = await _find(reviews, review)
        return await reviews.show_calibration(found.id, judge=judge, question=question, good=good, precision=precision)

    found = _called(server, ask)
    if out is not None:
        plain: dict[str, Any] = msgspec.to_builtins(found)
        judges = [{name: value for name, value in each.items() if name != "notes"} for each in plain["judges"]]
        _write(out, msgspec.json.format(msgspec.json.encode({**plain, "judges": judges}), indent=2) + b"\n")
    if as_json:
        sys.stdout.write(f"{_json(found)}\n")
        return
    print_calibration(found)


def _called(server: str | None, call: Callable[[Reviews], Awaitable[_Found]]) -> _Found:
    async def ask() -> _Found:
        async with _reviews(read_settings(server=server)) as reviews:
            return await call(reviews)

    return run_interruptible(ask)


@contextlib.asynccontextmanager
async def _reviews(settings: Settings) -> AsyncGenerator[Reviews]:
    """Open the reviews of the platform that the settings name, else those of the data folder."""
    if settings.server:
        async with open_client(settings) as client:
            yield client.reviews
    else:
        from textnlp.application.review_ports import ReviewCaller  # noqa: PLC0415  a platform has its own
        from textnlp.domain.identity.tenant import LOCAL_TENANT  # noqa: PLC0415  as above

        caller = ReviewCaller(name=getpass.getuser(), tenant=LOCAL_TENANT, is_admin=True)
        yield LocalReviews(local_reviews(settings), caller=caller)


def _body(file: Path, source: str, form: str) -> ReviewCreate:
    review = read_review(file).model_dump(mode="json", exclude_unset=True)
    if form not in {"rows", "argilla", "label-studio"}:
        raise TextNLPError(
            f"{form!r} is no form of rows.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field="from", hint="Choose from rows, argilla and label-studio."),
        )
    if form == "rows" and source.startswith(_BATCH_ID) and not Path(source).exists():
        return ReviewCreate(review=review, batch_id=source)
    rows = read_rows(Path(source))
    if form == "argilla":
        return ReviewCreate(review=review, argilla=rows)
    return (
        ReviewCreate(review=review, label_studio=rows)
        if form == "label-studio"
        else ReviewCreate(review=review, rows=rows)
    )


async def _find(reviews: Reviews, name: str) -> ReviewRead:
    """Return a review by its id, or the latest one of a name; raise `NOT_FOUND`."""
    if name.startswith(_REVIEW_ID):
        return await reviews.show(name)
    found = next((review for review in await _all_reviews(reviews) if review.name == name), None)
    if found is None:
        raise not_found(f"There is no review {name!r}.")
    return await reviews.show(found.id)


async def _all_reviews(reviews: Reviews) -> list[ReviewRead]:
    page = await reviews.list(limit=_MOST_A_PAGE)
    found = list(page.reviews)
    while page.next_before is not None:
        page = await reviews.list(limit=_MOST_A_PAGE, before=page.next_before)
        found += page.reviews
    return found


async def _all_items(reviews: Reviews, review_id: str, states: list[ItemState] | None) -> list[ReviewItemRead]:
    page = await reviews.list_items(review_id, state=states, limit=_MOST_A_PAGE)
    found = list(page.items)
    while page.next_after is not None:
        page = await reviews.list_items(review_id, state=states, limit=_MOST_A_PAGE, after=page.next_after)
        found += page.items
    return found


def _write(out: Path | None, content: bytes) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as exc:
        raise TextNLPError(f"Cannot write {out}: {exc.strerror}.", kind=ErrorKind.UNAVAILABLE) from exc


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
