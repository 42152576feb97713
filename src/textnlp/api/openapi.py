"""What a route says of itself beyond its path, for the doorkeeper and for the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar.handlers import BaseRouteHandler

from textnlp.api.schemas.problem import Problem
from textnlp.domain.errors import ErrorKind

_OPTION = "described"

Struct = type[msgspec.Struct]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a route takes and gives, beyond its path.

    A struct shows what it looks like in its class attribute `EXAMPLE`.

    Attributes:
        operation: the operation's id; the name of the handler where None.
        body: the struct that its JSON body is decoded to.
        query: the struct that its query is converted to.
        form: the struct that the fields of a form are converted to; the form has a `file` as well.
        fields: the struct that a URL-encoded form is converted to.
        accepts: media types of a body that is a file, each with the beginning of one.
        answer: the struct that it answers with.
        other_answers: what it answers with under other statuses, each with an example.
        media_type: what else it answers with, such as a stream or a file.
        media_example: the beginning of one.
        events: the structs of the events that a stream of it holds, by the event's name.
        error: the struct that it answers errors with.
        error_page: the beginning of the page that it answers errors with instead.
        is_located: what it accepts is found later where the header `Location` says.
        is_sent_on: it may answer with an address, in `Location`, where the caller is to go instead.
        raises: what can go wrong besides what the other attributes tell.
        grant: what its caller must have been granted, in the terms of `topology.scopes`; None lets everybody in.
        is_generating: it asks a model, so that the caller's tokens are counted too.
        takes_idempotency_key: a call with an `Idempotency-Key` is made once and answered the same every time.
    """

    operation: str | None = None
    body: Struct | None = None
    query: Struct | None = None
    form: Struct | None = None
    fields: Struct | None = None
    accepts: Mapping[str, str] = field(default_factory=dict[str, str])
    answer: Struct | None = None
    other_answers: Mapping[int, tuple[Struct, Any]] = field(default_factory=dict[int, tuple[Struct, Any]])
    media_type: str | None = None
    media_example: str | None = None
    events: Mapping[str, Struct] = field(default_factory=dict[str, Struct])
    error: Struct = Problem
    error_page: str | None = None
    is_located: bool = False
    is_sent_on: bool = False
    raises: tuple[ErrorKind, ...] = ()
    grant: str | None = None
    is_generating: bool = False
    takes_idempotency_key: bool = False

    @property
    def takes_body(self) -> bool:
        """Whether there is something to be read in the body of its requests."""
        return any((self.body, self.form, self.fields, self.accepts))

    @property
    def structs(self) -> list[Struct]:
        """The structs that need a schema of their own."""
        others = [*(struct for struct, _ in self.other_answers.values()), *self.events.values()]
        given = (self.body, self.query, self.form, self.fields, self.answer, self.error, *others)
        return [struct for struct in given if struct is not None]


def described(**facts: Any) -> dict[str, Any]:
    """Return the handler option that holds a `Description`."""
    return {_OPTION: Description(**facts)}


def description_of(handler: BaseRouteHandler) -> Description:
    """Return what `described` said of a route, nothing where it said nothing."""
    return (handler.opt or {}).get(_OPTION) or Description()
