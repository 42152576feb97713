"""What may stand in a template, and where what it does is counted."""

from collections.abc import Iterator
from typing import cast

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.visitor import NodeTransformer

from textnlp.domain.templates.filters import CONCAT, COUNTED, FILTERS, WEIGHED

RANGE = "range"
_MAX_NODES = 5_000
_DEEPEST = 60
_CHARACTERS_A_NODE = 64

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.With),
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Call),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Keyword),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos),
    *(nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair),
)
_NAMES: dict[type[nodes.Node], str] = {
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter blocks",
    nodes.AssignBlock: "set blocks",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Pow: "**",
    nodes.NSRef: "namespace",
}
_CONSTANT = (nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Const, nodes.Neg)

TESTS = frozenset(
    {
        *("boolean", "defined", "divisibleby", "even", "false", "float", "integer", "iterable", "mapping", "none"),
        *("number", "odd", "sequence", "string", "true", "undefined"),
    },
)
"""Tests that a template may name."""


def require_grammar(tree: nodes.Template) -> None:
    """Return for a template that holds only what is allowed; raise `TemplateSyntaxError` otherwise.

    There are no calls but of `range`, no methods, no macros, nothing that reads other files, and lists hold only
    constants: no value can grow faster than what is counted.
    """
    for count, (node, depth) in enumerate(_walk(tree)):
        if depth > _DEEPEST or count > _MAX_NODES:
            raise _refused("the template is too long or nested too deeply", node)
        if not isinstance(node, _ALLOWED):
            raise _refused(f"{_NAMES.get(type(node), type(node).__name__.lower())} cannot be used here", node)
        _require_node(node)


class Counting(NodeTransformer):
    """Puts filters that count where values are joined, looped over and compared."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  the visitor's naming
        """Join by a filter."""
        self.generic_visit(node)
        first, *others = node.nodes
        return _filtered(first, CONCAT, *others)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  the visitor's naming
        """Count each round by the size of the body."""
        weight = sum(
            map(_weight, (each for part in (*node.body, *([node.test] if node.test else [])) for each in _all(part)))
        )
        self.generic_visit(node)
        node.iter = _filtered(cast("nodes.Expr", node.iter), COUNTED, nodes.Const(1 + weight, lineno=node.lineno))
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802  the visitor's naming
        """Count what is compared by its size."""
        self.generic_visit(node)
        node.expr = _filtered(node.expr, WEIGHED)
        for operand in node.ops:
            operand.expr = _filtered(operand.expr, WEIGHED)
        return node


def _require_node(node: nodes.Node) -> None:
    complaint = None
    if isinstance(node, nodes.Call):
        complaint = _complaint_about_call(node)
    elif isinstance(node, nodes.Filter):
        if node.name not in FILTERS or node.dyn_args or node.dyn_kwargs:
            complaint = f"there is no filter {node.name!r}; there are {', '.join(sorted(FILTERS))}"
    elif isinstance(node, nodes.Test):
        if node.name not in TESTS:
            complaint = f"there is no test {node.name!r}; there are {', '.join(sorted(TESTS))}"
    elif isinstance(node, nodes.For):
        complaint = "a loop cannot be recursive" if node.recursive else None
    else:
        complaint = _complaint_about_list(node)
    if complaint is not None:
        raise _refused(complaint, node)


def _complaint_about_call(node: nodes.Call) -> str | None:
    is_range = isinstance(node.node, nodes.Name) and node.node.name == RANGE
    if is_range and not (node.kwargs or node.dyn_args or node.dyn_kwargs):
        return None
    return "only range can be called; use a filter, as in name|upper"


def _complaint_about_list(node: nodes.Node) -> str | None:
    is_list = isinstance(node, nodes.List | nodes.Dict) or (isinstance(node, nodes.Tuple) and node.ctx == "load")
    if not is_list or all(isinstance(each, _CONSTANT) for each in _all(node)):
        return None
    return "a list or mapping that is written out can hold constants only"


def _filtered(node: nodes.Expr, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


def _weight(node: nodes.Node) -> int:
    return 1 + len(node.data) // _CHARACTERS_A_NODE if isinstance(node, nodes.TemplateData) else 1


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    return (each for each, _ in _walk(node))


def _walk(root: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Yield all nodes and how deep they are, without recursion."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())


def _refused(message: str, node: nodes.Node) -> TemplateSyntaxError:
    return TemplateSyntaxError(message, node.lineno)
