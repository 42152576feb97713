"""A line of a batch's output or error file, as OpenAI's clients read it."""

import msgspec


class BatchLineResponse(msgspec.Struct, kw_only=True):
    """What the route would have answered."""

    status_code: int
    request_id: str
    body: msgspec.Raw


class BatchLineError(msgspec.Struct, kw_only=True):
    """Why there is no answer: `batch_expired`, `batch_cancelled`, `batch_failed` or `request_timeout`."""

    code: str
    message: str


class BatchLine(msgspec.Struct, kw_only=True):
    """One request and what came of it: it has either a response or an error."""

    id: str
    custom_id: str
    response: BatchLineResponse | None = None
    error: BatchLineError | None = None
