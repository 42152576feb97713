"""Jinja's sandbox, with what little templates need."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from jinja2 import StrictUndefined, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as STOCK_TESTS

from textnlp.domain.templates.budget import BudgetedContext, budget_of
from textnlp.domain.templates.filters import FILTERS, INTERNAL_FILTERS
from textnlp.domain.templates.grammar import RANGE, TESTS

_LOOP_FACTS = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0", "previtem", "nextitem"},
)


class Sandbox(ImmutableSandboxedEnvironment):
    """Looks names up in mappings and nowhere else: templates reach no attribute of an object, hence no method."""

    context_class = BudgetedContext
    intercepted_binops = frozenset({"+", "*", "%"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,
            optimized=False,
            finalize=_written,
            cache_size=0,
        )
        self.filters: dict[str, Callable[..., Any]] = {**FILTERS, **INTERNAL_FILTERS}
        self.tests = {name: STOCK_TESTS[name] for name in TESTS}
        self.globals = {RANGE: _range}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return the member of a mapping by that name, or a fact about a loop."""
        if isinstance(obj, LoopContext) and attribute in _LOOP_FACTS:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a member of a mapping, a list or a text."""
        if isinstance(obj, Mapping | Sequence):
            try:
                return cast("Mapping[Any, Any]", obj)[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Reckon, unless the result would be too large."""
        budget = budget_of(context)
        if operator == "*":
            budget.require_product(left, right)
        elif operator == "+":
            budget.require_sum(left, right)
        elif isinstance(left, str):
            raise SecurityError("% does not format texts here; use ~")
        return super().call_binop(context, operator, left, right)


@pass_context
def _written(context: Any, value: object) -> str:
    return budget_of(context).text_of(value)


@pass_context
def _range(context: Any, *args: int) -> range:
    numbers = range(*args)
    budget_of(context).charge_value(numbers)
    return numbers
