import pytest

from textnlp.adapters.database.traced_cursor import summarized
from textnlp.adapters.queues import postgres_statements as queue_statements


@pytest.mark.parametrize(
    ("statement", "summary"),
    [
        ("select state from batches where id = %s", "SELECT batches"),
        ("select id from batches for update skip locked", "SELECT batches"),
        ("INSERT INTO rows (a) values (1) on conflict do update set a = 2", "INSERT rows"),
        ("update textnlp.batches set state = %s", "UPDATE textnlp.batches"),
        ("delete from rows", "DELETE rows"),
        ("with gone as (select 1 from old), kept as (update rows set a = 1 returning 1) select 1", "UPDATE rows"),
        ("select 1", "SELECT"),
        ("lock table budgets in share mode", "LOCK"),
        ("", "EXECUTE"),
    ],
)
def test_a_statement_is_called_after_its_verb_and_table(statement: str, summary: str) -> None:
    assert summarized(statement) == (summary.split(maxsplit=1)[0], summary)


def test_statements_of_the_queue_are_told_by_what_they_change() -> None:
    assert summarized(queue_statements.RECEIVE)[0] == "UPDATE"
    assert summarized(queue_statements.SEND)[0] == "INSERT"
