import pytest

from textnlp.domain.errors import TextNLPError
from textnlp.domain.messaging.filter_tokens import Token, TokenKind, TokenReader, split_filter


def test_every_token_knows_its_kind_value_and_column() -> None:
    assert split_filter("a>=1.5 and [b]]c] in ('x''y')") == [
        Token(TokenKind.NAME, "a", 1, is_bare=True),
        Token(TokenKind.SYMBOL, ">=", 2),
        Token(TokenKind.NUMBER, 1.5, 4),
        Token(TokenKind.KEYWORD, "AND", 8),
        Token(TokenKind.NAME, "b]c", 12),
        Token(TokenKind.KEYWORD, "IN", 19),
        Token(TokenKind.SYMBOL, "(", 22),
        Token(TokenKind.STRING, "x'y", 23),
        Token(TokenKind.SYMBOL, ")", 29),
        Token(TokenKind.END, "", 30),
    ]


def test_a_reader_steps_only_over_what_it_accepts() -> None:
    reader = TokenReader("NOT a")

    assert not reader.accept("AND", "(")
    assert reader.accept("NOT")
    assert reader.take_kind(TokenKind.NAME).value == "a"
    assert reader.take().kind is reader.take().kind is TokenKind.END


@pytest.mark.parametrize(("text", "label"), [("'a b'", "string 'a b'"), ("5", "'5'"), ("", "the end"), ("or", "'OR'")])
def test_an_error_names_what_was_found(text: str, label: str) -> None:
    with pytest.raises(TextNLPError, match=f"found {label}"):
        TokenReader(text).expect("(")
