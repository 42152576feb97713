"""Whose a batch is, and policies that keep one tenant from another's."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = """
alter table textnlp.batches
    add column tenant text not null default 'local',
    add column caller text not null default 'local'
"""
_INDEX = "create index batches_of_tenant on textnlp.batches (tenant, id desc)"

# Roles belong to the whole server, so another database may have made it. Whoever made it may give it to themselves.
_ROLE = """
do $$
begin
    if not exists (select from pg_roles where rolname = 'textnlp_tenant') then
        create role textnlp_tenant nologin;
    end if;
exception when duplicate_object or unique_violation then
    null;
end
$$
"""
_MEMBERSHIP = """
do $$
begin
    grant textnlp_tenant to current_user;
exception when insufficient_privilege then
    raise notice 'whoever made the role textnlp_tenant has to grant it to this account';
end
$$
"""
_GRANTS = """
grant usage on schema textnlp to textnlp_tenant;
grant select, insert, update on textnlp.batches to textnlp_tenant;
grant select, insert on textnlp.batch_slices to textnlp_tenant;
grant select, insert, delete on textnlp.batch_rows to textnlp_tenant
"""

# The owner of the tables, which the workers connect as, passes the policies over.
_POLICIES = """
alter table textnlp.batches enable row level security;
alter table textnlp.batch_slices enable row level security;
alter table textnlp.batch_rows enable row level security;
create policy own_batches on textnlp.batches to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_slices on textnlp.batch_slices to textnlp_tenant
    using (batch_key in (select own.batch_key from textnlp.batches as own));
create policy own_rows on textnlp.batch_rows to textnlp_tenant
    using (batch_key in (select own.batch_key from textnlp.batches as own))
"""


def upgrade() -> None:
    for statement in (_COLUMNS, _INDEX, _ROLE, _MEMBERSHIP, _GRANTS, _POLICIES):
        op.execute(statement)


def downgrade() -> None:
    for table, policy in (("batch_rows", "own_rows"), ("batch_slices", "own_slices"), ("batches", "own_batches")):
        op.execute(f"drop policy {policy} on textnlp.{table}")
        op.execute(f"alter table textnlp.{table} disable row level security")
        op.execute(f"revoke all on textnlp.{table} from textnlp_tenant")
    op.execute("revoke usage on schema textnlp from textnlp_tenant")
    op.execute("alter table textnlp.batches drop column tenant, drop column caller")
