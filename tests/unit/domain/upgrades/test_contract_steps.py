import pytest

from textnlp.domain.upgrades.contract_steps import contract_steps

ADDING = (
    "create table textnlp.a (b text not null); alter table textnlp.a add constraint c check (b <> ''); drop table a",
    "create table if not exists textnlp.a (b text); create unique index on textnlp.a (b); alter table a rename b to c",
    "alter table textnlp.batches add column note text",
    "alter table textnlp.batches add column note text not null default ', drop column a', add kind integer",
    "alter table textnlp.batches add key bigint generated always as identity not null",
    "alter table textnlp.batches alter column note drop not null, alter note set default 'a; drop table b'",
    "alter table textnlp.batches drop constraint batches_balance, set (fillfactor = 90)",
    "create index on textnlp.batches (name); drop index textnlp.batches_of_tenant -- drop table textnlp.batches",
    "comment on table textnlp.batches is 'it''s drop table'; /* drop table a */ select 1",
    "do $$ begin drop table textnlp.batches; end $$",
    "grant select on textnlp.batches to textnlp_tenant; insert into textnlp.batches select 1",
)
TAKING = (
    ("drop table if exists textnlp.batches", "drops a table"),
    ("Drop View textnlp.v", "drops a view"),
    ("alter table textnlp.batches drop column name", "drops a column"),
    ("alter table only batches\n  drop if exists name", "drops a column"),
    ("alter table textnlp.batches add a text, rename column name to label", "renames"),
    ("alter table textnlp.batches rename to b", "renames"),
    ("alter table textnlp.batches alter column name type varchar(9)", "changes a type"),
    ("alter table textnlp.batches alter name set data type bigint using name::bigint", "changes a type"),
    ("alter table textnlp.batches alter column name set not null", "demands a value"),
    ("alter table textnlp.batches alter column state drop default", "drops a default"),
    ("alter table textnlp.batches add column note text not null", "demands a value"),
    ("alter table textnlp.batches add constraint c check (name in ('a', 'b'))", "adds a condition"),
    ("alter table textnlp.batches add unique (name)", "adds a condition"),
    ("create unique index concurrently i on textnlp.batches (name)", "adds a condition"),
    ("alter table textnlp.batches enable row level security", "restricts who sees rows"),
    ("revoke insert on textnlp.batches from textnlp_tenant", "takes a right away"),
    ("alter table textnlp.batches set schema other", "moves a table"),
)


@pytest.mark.parametrize("statement", ADDING)
def test_what_only_adds_takes_nothing_away(statement: str) -> None:
    assert contract_steps([statement]) == ()


@pytest.mark.parametrize(("statement", "told"), TAKING)
def test_what_earlier_code_would_miss_is_told_with_its_statement(statement: str, told: str) -> None:
    (step,) = contract_steps(["create table textnlp.own (a text)", statement])
    assert step.startswith(f"{told}: ")
    assert "batches" in step or "textnlp.v" in step


def test_every_step_of_a_migration_is_told_in_its_order() -> None:
    text = "alter table textnlp.a drop b, add c text not null; drop table textnlp.d"
    assert [step.partition(":")[0] for step in contract_steps([text])] == [
        "drops a column",
        "demands a value",
        "drops a table",
    ]
