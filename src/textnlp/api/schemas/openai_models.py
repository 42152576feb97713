"""The models, as OpenAI's clients list them."""

from typing import Any, ClassVar, Literal

import msgspec

_OWNER = "textnlp"


class ModelRead(msgspec.Struct, kw_only=True):
    """A model that can be asked; when it was made is not known, so `created` is 0."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = _OWNER

    EXAMPLE: ClassVar[dict[str, Any]] = {"id": "smollm2-135m", "object": "model", "created": 0, "owned_by": "textnlp"}


class ModelsRead(msgspec.Struct, kw_only=True):
    """The models that are known by name."""

    object: Literal["list"] = "list"
    data: list[ModelRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {"object": "list", "data": [ModelRead.EXAMPLE]}
