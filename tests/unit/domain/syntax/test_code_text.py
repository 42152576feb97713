import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import TextNLPError
from textnlp.domain.syntax.code_text import MAX_CHARACTERS, extract_code, syntax_fault

LANGUAGES = ["python", "sql", "json", "yaml", "toml", "html", "javascript", "bash", "text"]


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("Here it is:\n```python\nx = 1\n```\nIt sets x.", "python", "x = 1"),
        ("```py\nx = 1\n```", "python", "x = 1"),
        ("~~~ SQL\nSELECT 1\n~~~", "sql", "SELECT 1"),
        ("```bash\npip install a-long-package-name\n```\n```python\nx = 1\n```", "python", "x = 1"),
        ("```python\nx = 1\ny = 2\n```\nUse it:\n```python\nx\n```", "python", "x = 1\ny = 2"),
        ("```\nx\n```\n```js\nlonger()\n```", "python", "longer()"),
        ("```python\nx = 1\n", "python", "x = 1"),
        ("````markdown\n```js\na\n```\n````", "text", "```js\na\n```"),
        ("  ```python\n  if x:\n      y\n  ```", "python", "if x:\n    y"),
        ("\n  \n  x = 1\n\n", "python", "  x = 1"),
        ("SELECT 1", "sql", "SELECT 1"),
        ("```{.python}\nx\n```", "python", "x"),
        ("def f():\n    '''\n    ```python\n    f()\n    ```\n    '''", "python",
         "def f():\n    '''\n    ```python\n    f()\n    ```\n    '''"),
        ("Say `x` or:\n```\na\n```\nDone.", "text", "Say `x` or:\n```\na\n```\nDone."),
        ("```text\na\r\nb\n```", "text", "a\nb"),
        ("", "python", ""),
    ],
)  # fmt: skip
def test_a_program_is_taken_out_of_its_answer(text: str, language: str, code: str) -> None:
    assert extract_code(text, language=language) == code


CODE = st.text(st.characters(exclude_characters="\r`", exclude_categories=("Cs",)), min_size=1)


@given(code=CODE, before=st.sampled_from(["", "Sure.\n", "\n"]), after=st.sampled_from(["", "\nDone.", "\n"]))
def test_whatever_stands_in_a_fence_comes_out_as_it_is(code: str, before: str, after: str) -> None:
    assert extract_code(f"{before}```json\n{code}\n```{after}", language="json") == code


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "'\\d'; x = [i for i in y]"),
        ("sql", "WITH a AS (SELECT 1) SELECT * FROM a; DROP TABLE b"),
        ("json", '{"a": [1.5, null]}'),
        ("yaml", "a: &x [1]\nb: *x\n"),
        ("toml", "[a]\nb = 2024-01-01"),
        ("html", "<!doctype html><p>a<br><p>b"),
        ("javascript", "import x from 'y'; const f = async ({a}) => <b>{await a}</b>"),
        ("bash", 'for i in 1 2; do echo "$i" | wc -l; done && [[ -f x ]]'),
        ("text", "anything )("),
    ],
)  # fmt: skip
def test_a_good_program_has_no_fault(language: str, code: str) -> None:
    assert syntax_fault(code, language=language) is None


@pytest.mark.parametrize(
    ("language", "code", "fault"),
    [
        ("python", "x = (1,\n", "Line 1, column 5: '(' was never closed."),
        ("sql", "SELECT a\nFROM t WHERE (b", "Line 2, column 15: Expecting )."),
        ("json", '{"a": 1,\n}', "Line 2, column 1: Expecting property name enclosed in double quotes."),
        ("yaml", "a: 1\nb: *c", "Line 2, column 4: there is no anchor 'c'."),
        ("toml", "a = 1\na = 2", "Line 2, column 6: Cannot overwrite a value."),
        ("html", "<div>\n<b></div>", "Line 2, column 4: </div> closes nothing; <b> of line 2 is open."),
        ("javascript", "a();\nlet = ;", "Line 2, column 5: unexpected '='."),
        ("bash", "ls\nx=$(ls", "Line 2, column 7: ')' is missing."),
    ],
)
def test_a_fault_is_told_with_its_place(language: str, code: str, fault: str) -> None:
    assert syntax_fault(code, language=language) == fault


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "text"])
def test_no_program_is_a_fault(language: str) -> None:
    assert syntax_fault(" \n", language=language) == "There is nothing in it."
    told = syntax_fault("#" * (MAX_CHARACTERS + 1), language=language)
    assert told is not None
    assert "are not read" in told


@given(code=st.text(max_size=200), language=st.sampled_from(LANGUAGES))
def test_nothing_breaks_the_parsers(code: str, language: str) -> None:
    fault = syntax_fault(code, language=language)
    assert fault is None or fault.endswith(".")


def test_a_dialect_decides_what_is_sql() -> None:
    query = "FROM read_csv('a.csv') SELECT a"
    assert syntax_fault(query, language="sql", dialect="duckdb") is None
    with pytest.raises(TextNLPError, match="did you mean 'duckdb'") as caught:
        syntax_fault(query, language="sql", dialect="ducdb")
    assert caught.value.facts.field == "dialect"
