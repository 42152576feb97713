import logging

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.syntax.sql_syntax import require_dialect, sql_fault


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "values (1)",
        "insert into t values (1); delete from t;",
        "create table t (id int primary key)",
        "merge into t using s on a = b when matched then delete",
        "begin; commit",
        "(select 1) union all (select 2)",
    ],
)
def test_statements_are_sql(text: str) -> None:
    assert sql_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("select * from", "Line 1, column 10: Expected table name but got the end."),
        ("SELCT * from t", "Line 1, column 9: unexpected 'from'."),
        ("select 1;\ndelete from t where", "Line 2, column 15: where is incomplete."),
        ("hello world", "Statement 1 is no statement but an expression."),
        ("select 1; 1 + 1", "Statement 2 is no statement but an expression."),
        ("select 'a", "What ' opens is not closed."),
        ("select /* a", "A comment or a quoted text is not closed."),
        ("-- nothing", "There is no statement in it."),
        ("select " + "(" * 5_000, "It is nested too deeply."),
    ],
)
def test_what_is_no_sql_is_told(text: str, fault: str) -> None:
    assert sql_fault(text) == fault


def test_statements_that_only_administer_pass_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert sql_fault("explain select 1") is None
    assert not caplog.records


def test_a_dialect_has_several_names() -> None:
    assert require_dialect("PostgreSQL") == "postgres"
    assert require_dialect("duckdb") == "duckdb"
    assert require_dialect(None) == ""


@pytest.mark.parametrize(("dialect", "hint"), [("mysqll", "did you mean 'mysql'?"), ("zzz", "there are athena,")])
def test_an_unknown_dialect_is_refused(dialect: str, hint: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        require_dialect(dialect, field="checks[0].dialect")
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "checks[0].dialect"
    assert hint in caught.value.message
