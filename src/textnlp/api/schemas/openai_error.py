"""An error, as OpenAI's clients read it."""

import msgspec


class OpenAIError(msgspec.Struct, kw_only=True):
    """What went wrong.

    Attributes:
        type: the class of error, such as `invalid_request_error`.
        param: the field of the request that is wrong.
        code: the error in one word, for programs.
    """

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class OpenAIErrorRead(msgspec.Struct, kw_only=True):
    """What every answer with an error status holds under `/v1` and `/openai`."""

    error: OpenAIError
