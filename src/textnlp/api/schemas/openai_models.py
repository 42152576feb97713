"""The models, as OpenAI's clients list them."""

from typing import Literal

import msgspec

_OWNER = "textnlp"


class ModelRead(msgspec.Struct, kw_only=True):
    """A model that can be asked; when it was made is not known, so `created` is 0."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = _OWNER


class ModelsRead(msgspec.Struct, kw_only=True):
    """The models that are known by name."""

    object: Literal["list"] = "list"
    data: list[ModelRead]
