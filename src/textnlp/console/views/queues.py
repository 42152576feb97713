"""Queues: what waits in them, and the dead letters, which can be looked at, sent again and given up."""

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.application.look_at_queues import look_at_queues, received_from
from textnlp.application.purge_dead_letters import purge_dead_letters
from textnlp.console.message_view import MessageView, message_view
from textnlp.console.page import page, send_on
from textnlp.console.query import read_filled_in, read_filters
from textnlp.domain.errors import not_found
from textnlp.domain.messaging.model import dead_letter_entity
from textnlp.ports.job_queue import JobQueue
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.scopes import ADMIN

_QUEUES = "/console/queues"
_DEAD_LETTERS = f"{_QUEUES}/dead-letters"
_SECTION = "queues"
_A_PAGE = 25


class DeadLetterFilter(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whose dead letters are shown: from which number on."""

    entity: Annotated[str, msgspec.Meta(max_length=128)]
    since: Annotated[int, msgspec.Meta(ge=0)] = 0


class QueueForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which queue or subscription is meant."""

    entity: Annotated[str, msgspec.Meta(max_length=128)]


@get(_QUEUES, opt=described(grant=ADMIN))
async def list_queues(request: Request[Any, Any, Any]) -> Response[str]:
    """Show every queue and subscription, with what waits in it."""
    looks = await look_at_queues(_queue(request), now=services_of(request.scope).platform.clock.now())
    declared = TOPOLOGY.entities()
    return page(
        request,
        "queues/list.html",
        section=_SECTION,
        title="Queues",
        queues=[(look, declared[look.entity], _letters_path(look.entity)) for look in looks],
    )


@get(_DEAD_LETTERS, opt=described(grant=ADMIN))
async def list_dead_letters(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the dead letters of one queue, oldest first, without taking them."""
    wanted = read_filters(request, DeadLetterFilter)
    entity = _known(wanted.entity)
    queue = _queue(request)
    found = await queue.peek(dead_letter_entity(entity), from_sequence_number=wanted.since, max_messages=_A_PAGE)
    depth = await queue.depth(entity)
    more = found[-1].sequence_number + 1 if len(found) == _A_PAGE else None
    letters: list[MessageView] = [message_view(message) for message in found]
    return page(
        request,
        "queues/dead_letters.html",
        section=_SECTION,
        title=f"Dead letters of {entity}",
        entity=entity,
        letters=letters,
        count=depth.dead_lettered,
        first=_letters_path(entity) if wanted.since else None,
        more=None if more is None else f"{_letters_path(entity)}&since={more}",
    )


@post(f"{_DEAD_LETTERS}/resend", opt=described(grant=ADMIN))
async def resend(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send the dead letters of a queue to it again, with no deliveries counted."""
    entity = _known((await read_filled_in(request, QueueForm)).entity)
    await _queue(request).resend_dead_letters(entity)
    return send_on(request, _letters_path(entity))


@post(f"{_DEAD_LETTERS}/purge", opt=described(grant=ADMIN))
async def purge(request: Request[Any, Any, Any]) -> Response[Any]:
    """Remove the dead letters of a queue for good."""
    entity = _known((await read_filled_in(request, QueueForm)).entity)
    await purge_dead_letters(_queue(request), entity)
    return send_on(request, _letters_path(entity))


def _queue(request: Request[Any, Any, Any]) -> JobQueue:
    return services_of(request.scope).batch_ports.queue


def _known(entity: str) -> str:
    if entity not in received_from():
        raise not_found(f"There is no queue {entity!r}; there are {', '.join(received_from())}.")
    return entity


def _letters_path(entity: str) -> str:
    return f"{_DEAD_LETTERS}?{urlencode({'entity': entity})}"


PAGES = (list_queues, list_dead_letters, resend, purge)
