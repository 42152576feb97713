"""Whether a model calls tools as they are declared."""

from collections.abc import Mapping

from textnlp.domain.generation.model import JsonObject
from textnlp.domain.recipes.model_columns import Tool


class ToolBox:
    """The tools of a column, their schemas compiled.

    Attributes:
        definitions: the tools in OpenAI's form, as a request carries them.
    """

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        self.definitions: tuple[JsonObject, ...] = ()

    def fault(self, call: JsonObject) -> str | None:
        """Return what is wrong with a call in OpenAI's form, as a sentence; None where nothing is."""
        raise NotImplementedError


def call_fault(name: str, arguments_text: str, *, tools: Mapping[str, Tool]) -> str | None:
    """Return what is wrong with a call of one of these tools, as a sentence; None where nothing is."""
    raise NotImplementedError
