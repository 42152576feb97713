"""How much one rendering of a template may do: a template comes from a caller, and must not use up the machine."""

from collections.abc import Mapping
from typing import Any, cast

from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, Undefined

_STEPS = 300_000
_CHARACTERS_A_STEP = 32
_NUMBER_CHARACTERS = 24
_MAX_INTEGER_BITS = 1_024
_WRITABLE = (bool, int, float, type(None), list, tuple, dict, range, Undefined)


class RenderBudget:
    """The steps and the sizes that are left; whatever goes beyond raises `SecurityError`.

    A step is what one node of a template does to one small value; a text costs a step more for every 32 characters, a
    list one for each member. Sizes are looked at before a value is made, not after.
    """

    def __init__(self, max_characters: int) -> None:
        self.max_characters = max_characters
        self._steps_left = _STEPS

    def charge(self, steps: int) -> None:
        """Take `steps` from what is left."""
        self._steps_left -= steps
        if self._steps_left < 0:
            raise SecurityError("the template does too much")

    def charge_value(self, value: object) -> None:
        """Take what it costs to look at a value."""
        if isinstance(value, str):
            self.charge(1 + len(value) // _CHARACTERS_A_STEP)
        elif isinstance(value, list | tuple | dict | range):
            self.charge(1 + len(cast("list[object]", value)))
        else:
            self.charge(1)

    def require_size(self, characters: int) -> None:
        """Take what a text of this length costs, and raise for one that is too long."""
        if characters > self.max_characters:
            raise SecurityError(f"a text is longer than {self.max_characters:,} characters")
        self.charge(1 + characters // _CHARACTERS_A_STEP)

    def text_of(self, value: object) -> str:
        """Return the text that stands for a value; raise for a missing variable and for what is no data."""
        if isinstance(value, str):
            self.require_size(len(value))
            return str(value)
        written: object = value
        if not isinstance(value, _WRITABLE):
            raise SecurityError(f"a {type(value).__name__} cannot be written; make it a list with |list")
        self.require_size(measure(written, at_most=self.max_characters))
        return str(written)

    def require_product(self, left: object, right: object) -> None:
        """Raise where a product would be a longer text than is allowed, a list, or a very large number."""
        for text, times in ((left, right), (right, left)):
            if isinstance(text, str) and isinstance(times, int):
                self.require_size(len(text) * max(0, times))
            elif isinstance(text, list | tuple):
                raise SecurityError("a list cannot be multiplied")
        if isinstance(left, int) and isinstance(right, int):
            bits = left.bit_length() + right.bit_length()
            if bits > _MAX_INTEGER_BITS:
                raise SecurityError("a number is too large")

    def require_sum(self, left: object, right: object) -> None:
        """Raise where a sum would be a longer text or list than is allowed."""
        if isinstance(left, str) and isinstance(right, str):
            self.require_size(len(left) + len(right))
        self.charge_value(left)
        self.charge_value(right)


class BudgetedContext(Context):
    """The variables of one rendering, and its budget."""

    budget: RenderBudget


def measure(value: object, *, at_most: int) -> int:
    """Return about how many characters stand for a value, and stop counting above `at_most`.

    Raises `UndefinedError` for a variable that is missing in it.
    """
    characters = 0
    waiting: list[object] = [value]
    while waiting and characters <= at_most:
        each = waiting.pop()
        if isinstance(each, str):
            characters += len(each) + 2
        elif isinstance(each, Mapping):
            for name, inner in cast("Mapping[object, object]", each).items():
                waiting += (name, inner)
        elif isinstance(each, list | tuple):
            members = cast("list[object]", each)
            characters += 2 * len(members)
            waiting += members if len(members) <= at_most else []
        elif isinstance(each, Undefined):
            characters += len(str(each))
        else:
            characters += _NUMBER_CHARACTERS
    return characters


def budget_of(context: Any) -> RenderBudget:
    """Return the budget of the rendering that a context belongs to."""
    budget: RenderBudget = context.budget
    return budget
