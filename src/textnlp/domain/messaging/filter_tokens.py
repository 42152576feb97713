"""The words that a subscription's filter is written in."""

import re
from dataclasses import dataclass
from enum import StrEnum

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

MAX_FILTER_CHARACTERS = 1_024
"""Service Bus takes no longer condition."""

_LARGEST_INTEGER = 2**63 - 1


class TokenKind(StrEnum):
    """What a token is; the value names it in error messages."""

    KEYWORD = "keyword"
    NAME = "property name"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"
    END = "end"


KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "LIKE", "ESCAPE", "IS", "NULL", "TRUE", "FALSE", "EXISTS"})
"""Words that name a property only between brackets."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a filter.

    Attributes:
        value: a keyword in capitals, a name or string without its delimiters, a number, or the symbol itself.
        column: 1-based place of its first character.
        is_bare: a name written without brackets, which alone can be a scope.
    """

    kind: TokenKind
    value: str | int | float
    column: int
    is_bare: bool = False

    @property
    def label(self) -> str:
        """How an error message names the token."""
        match self.kind:
            case TokenKind.END:
                return "the end"
            case TokenKind.STRING | TokenKind.NAME:
                return f"{self.kind} '{self.value}'"
            case _:
                return f"'{self.value}'"


_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<word>[^\W\d_]\w*)
      | (?P<bracketed>\[(?:[^\]]|\]\])+\])
      | (?P<string>'(?:[^']|'')*')
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<symbol><>|!=|<=|>=|[=<>(),.+-])
    """,
    re.VERBOSE,
)

_HINTS = {
    "'": "Close the string with ', and write a ' inside it as ''.",
    '"': "Write strings between 'single quotes' and property names between [brackets].",
    "[": "Close the property name with ], and write a ] inside it as ]].",
}


def filter_error(problem: str, *, column: int, hint: str | None = None) -> TextNLPError:
    """Build the error for a filter that is wrong at `column`."""
    return TextNLPError(
        f"Filter is wrong at column {column}: {problem}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(column=column, hint=hint),
    )


def split_filter(text: str) -> list[Token]:
    """Split a filter into tokens, `END` as the last; raise `INVALID_INPUT` for what is no token, or is too long."""
    if len(text) > MAX_FILTER_CHARACTERS:
        raise filter_error(
            f"it has {len(text)} characters, Service Bus takes {MAX_FILTER_CHARACTERS}",
            column=MAX_FILTER_CHARACTERS + 1,
        )
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            character = text[place]
            raise filter_error(f"unexpected {character!r}", column=place + 1, hint=_HINTS.get(character))
        if match.lastgroup != "space":
            tokens.append(_token(match))
        place = match.end()
    tokens.append(Token(TokenKind.END, "", len(text) + 1))
    return tokens


def _token(match: re.Match[str]) -> Token:
    text = match.group()
    column = match.start() + 1
    match match.lastgroup:
        case "word" if text.upper() in KEYWORDS:
            return Token(TokenKind.KEYWORD, text.upper(), column)
        case "word":
            return Token(TokenKind.NAME, text, column, is_bare=True)
        case "bracketed":
            return Token(TokenKind.NAME, text[1:-1].replace("]]", "]"), column)
        case "string":
            return Token(TokenKind.STRING, text[1:-1].replace("''", "'"), column)
        case "number":
            return Token(TokenKind.NUMBER, _number(text, column), column)
        case _:
            return Token(TokenKind.SYMBOL, text, column)


def _number(text: str, column: int) -> int | float:
    if text.isdecimal():
        number = int(text)
        if number > _LARGEST_INTEGER:
            raise filter_error(f"{text} is larger than {_LARGEST_INTEGER}", column=column)
        return number
    value = float(text)
    if value == float("inf"):
        raise filter_error(f"{text} is too large", column=column)
    return value


class TokenReader:
    """Walks over the tokens of a filter; what was not expected is raised as `INVALID_INPUT` with its column."""

    def __init__(self, text: str) -> None:
        self._tokens = split_filter(text)
        self._place = 0

    @property
    def token(self) -> Token:
        """The token that is next."""
        return self._tokens[self._place]

    def take(self) -> Token:
        """Return the next token and step over it, unless it is `END`."""
        token = self._tokens[self._place]
        if token.kind is not TokenKind.END:
            self._place += 1
        return token

    def take_kind(self, kind: TokenKind) -> Token:
        """Step over a token that has to be of `kind`."""
        if self.token.kind is not kind:
            raise self.unexpected(f"a {kind}")
        return self.take()

    def accept(self, *words: str) -> bool:
        """Step over the next token if it is one of these keywords or symbols; tell whether it was."""
        token = self.token
        if token.kind not in {TokenKind.KEYWORD, TokenKind.SYMBOL} or token.value not in words:
            return False
        self._place += 1
        return True

    def expect(self, word: str) -> None:
        """Step over a keyword or symbol that has to come."""
        if not self.accept(word):
            raise self.unexpected(f"'{word}'")

    def unexpected(self, expected: str) -> TextNLPError:
        """Build the error for a next token that is not what was expected."""
        return filter_error(f"expected {expected}, found {self.token.label}", column=self.token.column)
