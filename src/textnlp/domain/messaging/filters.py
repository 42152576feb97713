"""Conditions on the properties of a message, by which a subscription takes its copies.

The language is the part of Service Bus's SQL filters that subscriptions live on: comparisons, `[NOT] IN`, `[NOT] LIKE`
with `ESCAPE`, `IS [NOT] NULL`, `AND`, `OR`, `NOT` and parentheses, over strings, numbers, `TRUE`, `FALSE` and
properties (`Name`, `user.Name`, `[any name]`). What is accepted here, Service Bus accepts:
https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter
"""

import operator
from collections.abc import Callable, Mapping
from typing import Final

from textnlp.domain.errors import TextNLPError
from textnlp.domain.messaging.filter_conditions import (
    COMPARISONS,
    Condition,
    Operand,
    all_of,
    any_of,
    compared,
    constant,
    is_null,
    like,
    negated,
    property_value,
)
from textnlp.domain.messaging.filter_tokens import Token, TokenKind, TokenReader, filter_error
from textnlp.domain.messaging.model import PropertyValue

MessageFilter = Callable[[Mapping[str, PropertyValue]], bool]
"""Tells whether a message with these properties matches."""

MAX_FILTER_DEPTH: Final = 32
"""How deep parentheses and `NOT` may nest."""


def compile_filter(expression: str) -> MessageFilter:
    """Compile a condition once, to be asked of many messages.

    Names of properties are matched without regard to case; where several differ only in case, the one written as
    in the condition counts. A property that is missing or None, and values that cannot be compared (a string with a
    number, say), make a comparison unknown. Unknown follows SQL's three-valued logic, and a message of which the
    whole is unknown does not match. Strings are compared character by character, case included.

    Raises `INVALID_INPUT`, with the 1-based column in its facts, for a condition that cannot be read.
    """
    condition = _Parser(expression).parse()

    def matches(properties: Mapping[str, PropertyValue]) -> bool:
        return condition(properties) is True

    return matches


class _Parser:
    """Recursive descent, a method for each rule of the grammar; each returns what evaluates the rule."""

    def __init__(self, expression: str) -> None:
        self._reader = TokenReader(expression)
        self._depth = 0

    def parse(self) -> Condition:
        condition = self._disjunction()
        if self._reader.token.kind is not TokenKind.END:
            raise self._reader.unexpected("AND, OR or the end")
        return condition

    def _disjunction(self) -> Condition:
        parts = [self._conjunction()]
        while self._reader.accept("OR"):
            parts.append(self._conjunction())
        return any_of(parts)

    def _conjunction(self) -> Condition:
        parts = [self._negation()]
        while self._reader.accept("AND"):
            parts.append(self._negation())
        return all_of(parts)

    def _negation(self) -> Condition:
        first = self._reader.token
        if self._reader.accept("NOT"):
            self._deepen(first)
            condition = negated(self._negation())
        elif self._reader.accept("("):
            self._deepen(first)
            condition = self._disjunction()
            self._reader.expect(")")
        else:
            return self._predicate()
        self._depth -= 1
        return condition

    def _predicate(self) -> Condition:
        is_property = self._reader.token.kind is TokenKind.NAME
        left = self._operand()
        symbol = str(self._reader.token.value)
        if self._reader.accept(*COMPARISONS):
            return compared(COMPARISONS[symbol], left, self._operand())
        if is_property and self._reader.accept("IS"):
            is_negated = self._reader.accept("NOT")
            self._reader.expect("NULL")
            condition = is_null(left)
        else:
            is_negated = self._reader.accept("NOT")
            condition = self._membership_or_likeness(left)
        return negated(condition) if is_negated else condition

    def _membership_or_likeness(self, left: Operand) -> Condition:
        if self._reader.accept("IN"):
            self._reader.expect("(")
            items = [self._operand()]
            while self._reader.accept(","):
                items.append(self._operand())
            self._reader.expect(")")
            return any_of([compared(operator.eq, left, item) for item in items])
        if not self._reader.accept("LIKE"):
            raise self._reader.unexpected("a comparison, IN, LIKE or IS NULL")
        pattern = self._reader.take_kind(TokenKind.STRING)
        escape = self._reader.take_kind(TokenKind.STRING) if self._reader.accept("ESCAPE") else None
        return like(left, pattern, escape)

    def _operand(self) -> Operand:
        token = self._reader.token
        if token.kind is TokenKind.NAME:
            return property_value(self._name())
        if self._reader.accept("-", "+"):
            number = self._reader.take_kind(TokenKind.NUMBER).value
            return constant(-number if token.value == "-" and not isinstance(number, str) else number)
        if token.kind in {TokenKind.STRING, TokenKind.NUMBER}:
            return constant(self._reader.take().value)
        if self._reader.accept("TRUE", "FALSE"):
            return constant(token.value == "TRUE")
        raise self._reader.unexpected("a property, a string, a number, TRUE or FALSE")

    def _name(self) -> str:
        token = self._reader.take()
        if not (token.is_bare and self._reader.accept(".")):
            return str(token.value)
        if str(token.value).upper() != "USER":
            raise _unknown_scope(token)
        return str(self._reader.take_kind(TokenKind.NAME).value)

    def _deepen(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_FILTER_DEPTH:
            raise filter_error(f"it nests deeper than {MAX_FILTER_DEPTH}", column=token.column)


def _unknown_scope(token: Token) -> TextNLPError:
    return filter_error(
        f"there are no properties of scope '{token.value}' here",
        column=token.column,
        hint="Have the sender copy what the filter needs into a property of its own, and name that.",
    )
