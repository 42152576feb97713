"""The problem document, as RFC 9457 has it, with the platform's own members."""

import msgspec


class Problem(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What every answer with an error status holds; members that do not apply are left out.

    Attributes:
        type: a name for the kind of problem; it leads to no page.
        code: the error kind, stable, for programs.
        detail: what happened, for people.
        hint: what to do about it.
        field: the field of the input that is wrong, as a dotted path.
        line: 1-based line of the input.
        column: 1-based column of the input.
        limit_name: the limit that refused the call.
        retry_after_seconds: how long to wait; also in the Retry-After header, rounded up.
    """

    type: str
    code: str
    title: str
    status: int
    detail: str
    request_id: str
    hint: str | None = None
    field: str | None = None
    line: int | None = None
    column: int | None = None
    limit_name: str | None = None
    retry_after_seconds: float | None = None
