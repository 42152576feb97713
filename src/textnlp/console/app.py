"""The console as one part of the application that serves the API."""

from litestar import Response, Router, get
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.response import Redirect

from textnlp.console.assets import fetch_asset
from textnlp.console.form_guard import FormGuard
from textnlp.console.problem_page import answer_fault, answer_problem, answer_refused
from textnlp.console.shown_settings import shown_settings
from textnlp.console.views import (
    batch_rows,
    batches,
    clients,
    dataset_changes,
    dataset_diffs,
    dataset_exports,
    dataset_rows,
    dataset_versions,
    datasets,
    home,
    models,
    monitor,
    playground,
    playground_answers,
    queues,
    recipes,
    review_answers,
    review_figures,
    review_items,
    reviews,
    runs,
    settings,
    sign_in,
    templates,
    traces,
    usage,
)
from textnlp.domain.errors import TextNLPError, not_found
from textnlp.settings import Settings


@get("/", sync_to_thread=False)
def lead_in() -> Redirect:
    """Lead whoever types the bare address to the first page."""
    return Redirect("/console")


@get(["/console/{path:path}"], sync_to_thread=False)
def miss(path: FromPath[str]) -> Response[str]:
    """Refuse what is no page of the console."""
    raise not_found(f"There is no page /console{path}.")


PAGES = (
    lead_in,
    miss,
    fetch_asset,
    *home.PAGES,
    *batches.PAGES,
    *batch_rows.PAGES,
    *models.PAGES,
    *playground.PAGES,
    *playground_answers.PAGES,
    *recipes.PAGES,
    *runs.PAGES,
    *templates.PAGES,
    *usage.PAGES,
    *queues.PAGES,
    *monitor.PAGES,
    *traces.PAGES,
    *clients.PAGES,
    *settings.PAGES,
    *sign_in.PAGES,
    *datasets.PAGES,
    *dataset_changes.PAGES,
    *dataset_versions.PAGES,
    *dataset_rows.PAGES,
    *dataset_exports.PAGES,
    *dataset_diffs.PAGES,
    *reviews.PAGES,
    *review_items.PAGES,
    *review_figures.PAGES,
    *review_answers.PAGES,
)
"""Everything that the console answers."""


def console_router(told: Settings) -> Router:
    """Return the pages of the console, which answer what goes wrong with pages, too, and show the settings `told`.

    Whoever serves them serves `console_front` before them.
    """
    return Router(
        path="/",
        route_handlers=PAGES,
        middleware=[FormGuard()],
        opt={settings.OPTION: shown_settings(told)},
        exception_handlers={
            TextNLPError: answer_problem,
            HTTPException: answer_refused,
            Exception: answer_fault,
        },
    )
