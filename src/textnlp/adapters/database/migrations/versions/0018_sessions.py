"""Sessions of the console: hashes of what browsers bring, and tokens that only that opens."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Nothing is granted to the role of tenants: only the platform itself reads or writes these.
_SESSIONS = """
create table textnlp.console_sessions (
    created_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    token_ends_at timestamptz not null,
    renew_at timestamptz not null,
    renewing_until timestamptz,
    digest bytea primary key constraint console_sessions_digest_is_sha256 check (octet_length(digest) = 32),
    id text collate "C" not null,
    tenant text collate "C" not null,
    subject text not null,
    sealed bytea not null,
    successor bytea
) with (fillfactor = 80)
"""
_OF_SESSION = "create index console_sessions_id on textnlp.console_sessions (id)"
_ENDING = "create index console_sessions_ending on textnlp.console_sessions (expires_at)"


def upgrade() -> None:
    for statement in (_SESSIONS, _OF_SESSION, _ENDING):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.console_sessions")
