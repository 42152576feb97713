"""Conditions and values over the columns of a row, in the language of templates."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from textnlp.domain.errors import TextNLPError
from textnlp.domain.templates.expression_text import parse_expression, refusal
from textnlp.domain.templates.json_value import as_json_value
from textnlp.domain.templates.program import SANDBOX, UNREADABLE, Program
from textnlp.domain.templates.template import FIELD, PromptTemplate

_CONDITION = "condition"
_VALUE = "value_of_the_expression"
_TYPES = {
    "NoneType": "null",
    "None": "null",
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "an object",
    "StrictUndefined": "what is missing",
}
_SENTENCES = (
    (r"'(<=?|>=?)' not supported between instances of '(\w+)' and '(\w+)'", "{0} cannot compare {1} and {2}"),
    (r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'", "{0} cannot reckon with {1} and {2}"),
    (r'can only concatenate (\w+) \(not "(\w+)"\) to \w+', "+ cannot reckon with {0} and {1}"),
    (r"'in <string>' requires string as left operand, not (\w+)", "only a text can be in a text, not {0}"),
    (r"argument of type '(\w+)' is not iterable", "nothing can be in {0}"),
    (r"'(?:[\w.]+\.)?(\w+)(?: object)?' has no (?:attribute|element) (.+)", "there is no {1} in {0}"),
    (r"('\w+') is undefined", "there is no {0}"),
)
"""What Python and Jinja say, and the same in JSON's terms."""


class Condition:
    """A condition that was read; it can be looked at for any number of rows, by several threads.

    It is one expression in the language of templates, held to the same limits. Raises `INVALID_INPUT` with line and
    column for a text that is none; `field` is `condition`.

    Attributes:
        names: the names that it refers to.
    """

    def __init__(self, text: str) -> None:
        self._evaluation = _Evaluation(text, parse_expression(text, what=_CONDITION), what=_CONDITION)
        self.names = self._evaluation.names

    def holds(self, variables: Mapping[str, Any]) -> bool:
        """Whether the condition holds; null, 0, and what is empty count as no.

        Raises `INVALID_INPUT` for a name that is missing where it is needed, for an order between null or values of
        different types, such as `null >= 3`, and for whatever else cannot be worked out.
        """
        return bool(self._evaluation.value(variables))


class Expression:
    """A template that is one `{{ … }}` alone, white space aside, whose value keeps its type.

    Raises `INVALID_INPUT` with line and column for another template; `field` is `template`.

    Attributes:
        names: the names that it refers to.
    """

    def __init__(self, text: str) -> None:
        PromptTemplate(text)
        expression = _alone(SANDBOX.parse(text))
        if expression is None:
            raise refusal(text, "it has to be one {{ … }} alone for its value to keep its type", what=FIELD)
        self._evaluation = _Evaluation(text, expression, what=FIELD)
        self.names = self._evaluation.names

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Return the value, in JSON's types and shared with none of the variables; raises as `Condition.holds` does."""
        return self._evaluation.value(variables)


def is_expression(text: str) -> bool:
    """Whether a template is one `{{ … }}` alone; raises as `PromptTemplate` does."""
    PromptTemplate(text)
    return _alone(SANDBOX.parse(text)) is not None


class _Evaluation:
    """An expression that is worked out for variables."""

    def __init__(self, text: str, expression: nodes.Expr, *, what: str) -> None:
        self._text = text
        self._what = what
        assigned = nodes.Assign(nodes.Name(_VALUE, "store"), expression, lineno=1)
        try:
            self._program = Program(nodes.Template([assigned], lineno=1))
        except TemplateSyntaxError as exc:
            raise refusal(text, exc.message or "it cannot be read", what=what, line=exc.lineno) from exc
        except UNREADABLE as exc:
            raise refusal(text, "it is nested too deeply", what=what) from exc
        self.names = self._program.names

    def value(self, variables: Mapping[str, Any]) -> Any:
        needed = {name: variables[name] for name in self.names if name in variables}
        context = self._program.context(needed)
        try:
            for _ in self._program.pieces(context):
                pass
            return as_json_value(context.vars[_VALUE])
        except TextNLPError:
            raise
        except Exception as exc:
            line = self._program.line_of(exc)
            raise refusal(self._text, _told(exc), what=self._what, line=line) from exc


def _alone(tree: nodes.Template) -> nodes.Expr | None:
    """Return the one expression of a template that writes nothing else but white space."""
    if not all(isinstance(part, nodes.Output) for part in tree.body):
        return None
    written = [each for part in tree.body for each in part.iter_child_nodes()]
    written = [each for each in written if not (isinstance(each, nodes.TemplateData) and not each.data.strip())]
    if len(written) != 1 or isinstance(written[0], nodes.TemplateData) or not isinstance(written[0], nodes.Expr):
        return None
    return written[0]


def _told(exc: Exception) -> str:
    """Return what went wrong in JSON's terms."""
    message = str(exc) or type(exc).__name__
    for pattern, sentence in _SENTENCES:
        found = re.fullmatch(pattern, message)
        if found:
            parts = [_TYPES.get(part, part) for part in found.groups()]
            advice = "; test it with `is not none` first" if "null" in parts else ""
            return sentence.format(*parts) + advice
    return message
