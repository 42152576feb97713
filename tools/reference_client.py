"""The page of the Python client, read from the OpenAPI document."""

from itertools import groupby
from operator import attrgetter

from tools.client_document import Operation, operations
from tools.client_source import signature_of
from tools.markdown import escaped, table

from textnlp.api.app import ROUTES
from textnlp.api.openapi_document import openapi_document


def client_page() -> str:
    """Return the page that lists every method of the client with its route."""
    lines = [
        "# Python client",
        "",
        "`textnlp.client.Client`, and `AsyncClient` with the same methods to be awaited; what streams is iterated",
        "over, not awaited. The models are in `textnlp.client.<resource>` and `textnlp.client.shared`.",
        "",
    ]
    found = sorted(operations(openapi_document(ROUTES)), key=attrgetter("resource"))
    for resource, methods in groupby(found, key=attrgetter("resource")):
        rows = [
            [f"`{escaped(signature_of(each))}`", f"`{each.method} {each.path}`", _sentence(each)] for each in methods
        ]
        lines += [f"## `client.{resource}`", "", *table(["method", "route", "does"], rows), ""]
    return "\n".join(lines)


def _sentence(operation: Operation) -> str:
    return escaped(" ".join(operation.text.split("\n\n", maxsplit=1)[0].split()))
