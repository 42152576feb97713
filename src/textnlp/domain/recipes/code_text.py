"""A program in an answer: where it stands, and what is wrong with it."""


def extract_code(text: str, *, language: str) -> str:
    """Return the program in an answer."""
    raise NotImplementedError


def syntax_fault(code: str, *, language: str, dialect: str | None = None) -> str | None:
    """Return the first syntax error, as a sentence with line and column; None where there is none."""
    raise NotImplementedError
