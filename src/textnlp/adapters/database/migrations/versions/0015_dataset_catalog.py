"""What is said of datasets, and who said it."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_CATALOG = """
create table textnlp.dataset_catalog (
    revision bigint not null,
    is_swept boolean not null,
    dataset_id text collate "C" primary key,
    tenant text collate "C" not null,
    document json not null,
    constraint dataset_catalog_is_of_a_tenant unique (tenant, dataset_id)
) with (fillfactor = 70)
"""

_SWEPT = "create index dataset_catalog_swept on textnlp.dataset_catalog (dataset_id) where is_swept"

_EVENTS = """
create table textnlp.dataset_events (
    position bigint not null,
    happened_at timestamptz not null,
    tenant text collate "C" not null,
    dataset_id text collate "C" not null,
    document json not null,
    primary key (dataset_id, position),
    constraint dataset_events_are_of_an_entry
        foreign key (tenant, dataset_id) references textnlp.dataset_catalog (tenant, dataset_id) on delete cascade
)
"""

# Tenants add events and never change or remove one.
_POLICIES = """
grant select, insert, update (revision, is_swept, document) on textnlp.dataset_catalog to textnlp_tenant;
grant select, insert on textnlp.dataset_events to textnlp_tenant;
alter table textnlp.dataset_catalog enable row level security;
alter table textnlp.dataset_events enable row level security;
create policy own_dataset_catalog on textnlp.dataset_catalog to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_dataset_events on textnlp.dataset_events to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_CATALOG, _SWEPT, _EVENTS, _POLICIES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("dataset_events", "dataset_catalog"):
        op.execute(f"drop table textnlp.{table}")
