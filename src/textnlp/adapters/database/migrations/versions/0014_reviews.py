"""Reviews by people, and the rows under review."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_REVIEWS = """
create table textnlp.reviews (
    created_at timestamptz not null,
    overlap integer not null,
    item_count integer not null,
    id text collate "C" primary key,
    tenant text collate "C" not null,
    owner text not null,
    source text not null,
    document bytea not null,
    constraint reviews_are_of_a_tenant unique (tenant, id)
)
"""

# What decides who is given an item has columns of its own beside `said`, which holds everything that people did.
_ITEMS = """
create table textnlp.review_items (
    position integer not null,
    answer_count integer not null,
    tenant text collate "C" not null,
    review_id text collate "C" not null,
    state text not null,
    done_by text[] not null,
    lent_to text[] not null,
    lent_until timestamptz[] not null,
    said bytea not null,
    row_json bytea not null,
    primary key (review_id, position),
    constraint review_items_are_of_a_review
        foreign key (tenant, review_id) references textnlp.reviews (tenant, id) on delete cascade
) with (fillfactor = 80)
"""

_NEXT_INDEX = """
create index review_items_open on textnlp.review_items (review_id, answer_count desc, position) where state = 'open'
"""
_LENT_INDEX = """
create index review_items_lent on textnlp.review_items using gin (lent_to)
    with (fastupdate = off) where state = 'open' and cardinality(lent_to) > 0
"""

_GRANTS = """
grant select, insert, delete on textnlp.reviews to textnlp_tenant;
grant select, insert, update (answer_count, state, done_by, lent_to, lent_until, said)
    on textnlp.review_items to textnlp_tenant
"""

_POLICIES = """
alter table textnlp.reviews enable row level security;
alter table textnlp.review_items enable row level security;
create policy own_reviews on textnlp.reviews to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'));
create policy own_review_items on textnlp.review_items to textnlp_tenant
    using (tenant = current_setting('textnlp.tenant'))
"""


def upgrade() -> None:
    for statement in (_REVIEWS, _ITEMS, _NEXT_INDEX, _LENT_INDEX, _GRANTS, _POLICIES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("review_items", "reviews"):
        op.execute(f"drop table textnlp.{table}")
