"""Conditions on the properties of a message, by which a subscription takes its copies.

The language is the part of Service Bus's SQL filters that platforms use: comparisons, `[NOT] IN`, `[NOT] LIKE` with
`ESCAPE`, `IS [NOT] NULL`, `AND`, `OR`, `NOT` and parentheses, over strings, numbers, `TRUE`, `FALSE` and properties
(`Name`, `user.Name`, `[any name]`). A condition that is accepted here is accepted by Service Bus and means the same there:
https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Final, Never

from textnlp.domain.messaging.filter_tokens import Token, TokenKind, filter_error, split_filter
from textnlp.domain.messaging.model import PropertyValue

MessageFilter = Callable[[Mapping[str, PropertyValue]], bool]
"""Tells whether a message with these properties matches."""

MAX_FILTER_DEPTH: Final = 32
"""How deep parentheses and `NOT` may nest."""

_Properties = Mapping[str, PropertyValue]
_Condition = Callable[[_Properties], bool | None]
_Operand = Callable[[_Properties], PropertyValue]
_Test = Callable[[_Properties], bool]

_COMPARISONS: Final[dict[str | int | float, Callable[[object, object], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compile_filter(expression: str) -> MessageFilter:
    """Compile a condition once, to be asked of many messages.

    Names of properties are matched without regard to case; where several differ only in case, the one written as
    in the condition counts. A property that is missing or None, and values that cannot be compared (a string with a
    number, say), make a comparison unknown; unknown follows SQL's three-valued logic, and a message of which the
    whole is unknown does not match. Strings are compared character by character, case included.

    Raises `INVALID_INPUT`, with the 1-based column in its facts, for a condition that cannot be read.
    """
    condition = _Parser(split_filter(expression)).parse()

    def matches(properties: _Properties) -> bool:
        return condition(properties) is True

    return matches


class _Parser:
    """Recursive descent, one method a rule of the grammar; each returns the closure that evaluates the rule."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def parse(self) -> _Condition:
        condition = self._disjunction()
        if self._token.kind is not TokenKind.END:
            self._refuse("AND, OR or the end")
        return condition

    def _disjunction(self) -> _Condition:
        parts = [self._conjunction()]
        while self._accept("OR"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else _either(parts)

    def _conjunction(self) -> _Condition:
        parts = [self._negation()]
        while self._accept("AND"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else _all(parts)

    def _negation(self) -> _Condition:
        first = self._token
        if self._accept("NOT"):
            self._deepen(first)
            condition = _negated(self._negation())
        elif self._accept("("):
            self._deepen(first)
            condition = self._disjunction()
            self._expect(")")
        else:
            return self._comparison()
        self._depth -= 1
        return condition

    def _comparison(self) -> _Condition:
        is_property = self._token.kind is TokenKind.NAME
        left = self._operand()
        compare = _COMPARISONS.get(self._token.value) if self._token.kind is TokenKind.SYMBOL else None
        if compare is not None:
            self._place += 1
            return _compared(compare, left, self._operand())
        if is_property and self._accept("IS"):
            is_negated = self._accept("NOT")
            self._expect("NULL")
            return _null_check(left, wants_null=not is_negated)
        is_negated = self._accept("NOT")
        if self._accept("IN"):
            condition = self._membership(left)
        elif self._accept("LIKE"):
            condition = self._likeness(left)
        else:
            self._refuse("IN or LIKE" if is_negated else "a comparison, IN, LIKE or IS NULL")
        return _negated(condition) if is_negated else condition

    def _membership(self, left: _Operand) -> _Condition:
        self._expect("(")
        items = [self._operand()]
        while self._accept(","):
            items.append(self._operand())
        self._expect(")")
        return _either([_compared(operator.eq, left, item) for item in items])

    def _likeness(self, left: _Operand) -> _Condition:
        pattern = self._string()
        escape = self._string() if self._accept("ESCAPE") else None
        if escape is not None and len(str(escape.value)) != 1:
            raise filter_error("ESCAPE needs a string of one character", column=escape.column)
        return _like(left, _pattern(pattern, str(escape.value) if escape else None))

    def _operand(self) -> _Operand:
        token = self._token
        if token.kind is TokenKind.NAME:
            return _property(self._name())
        sign = -1 if self._accept("-") else 1
        if (sign < 0 or self._accept("+")) and self._token.kind is not TokenKind.NUMBER:
            self._refuse("a number")
        value = self._token.value
        match self._token:
            case Token(TokenKind.NUMBER, int() | float()):
                self._place += 1
                return _constant(value if sign > 0 else -float(value) if isinstance(value, float) else -int(value))
            case Token(TokenKind.STRING):
                self._place += 1
                return _constant(value)
            case Token(TokenKind.KEYWORD, "TRUE" | "FALSE"):
                self._place += 1
                return _constant(value == "TRUE")
            case _:
                self._refuse("a property, a string, a number, TRUE or FALSE")

    def _name(self) -> str:
        token = self._token
        self._place += 1
        if not (token.is_bare and self._accept(".")):
            return str(token.value)
        scope = str(token.value).lower()
        if scope != "user":
            hint = "Have the sender copy what the filter needs into a property of its own." if scope == "sys" else None
            raise filter_error(f"there are no properties of scope '{token.value}' here", column=token.column, hint=hint)
        if self._token.kind is not TokenKind.NAME:
            self._refuse("a property name")
        self._place += 1
        return str(self._tokens[self._place - 1].value)

    def _string(self) -> Token:
        token = self._token
        if token.kind is not TokenKind.STRING:
            self._refuse("a string")
        self._place += 1
        return token

    @property
    def _token(self) -> Token:
        return self._tokens[self._place]

    def _accept(self, word: str) -> bool:
        token = self._token
        if token.kind not in {TokenKind.KEYWORD, TokenKind.SYMBOL} or token.value != word:
            return False
        self._place += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            self._refuse(f"'{word}'")

    def _deepen(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_FILTER_DEPTH:
            raise filter_error(f"it nests deeper than {MAX_FILTER_DEPTH}", column=token.column)

    def _refuse(self, expected: str) -> Never:
        raise filter_error(f"expected {expected}, found {self._token.label}", column=self._token.column)
