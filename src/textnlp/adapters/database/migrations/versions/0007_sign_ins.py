"""What people allowed programs, and the hashes of the codes and refresh tokens that were given for it."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Nothing is granted to the role of tenants: only the platform itself reads or writes these.
_SIGN_INS = """
create table textnlp.sign_ins (
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    id text collate "C" primary key,
    oauth_client text not null,
    subject text not null,
    tenant text not null,
    caller text not null,
    grants text[] not null,
    has_refresh boolean not null
)
"""
_ENDING = "create index sign_ins_ending on textnlp.sign_ins (expires_at)"
_SECRETS = """
create table textnlp.one_time_secrets (
    expires_at timestamptz not null,
    uses integer not null default 0,
    rotation integer not null,
    wants_identity boolean not null,
    digest bytea primary key constraint one_time_secrets_digest_is_sha256 check (octet_length(digest) = 32),
    purpose text not null,
    sign_in_id text collate "C" not null references textnlp.sign_ins (id) on delete cascade,
    redirect_uri text not null,
    challenge text not null,
    nonce text not null
)
"""
_OF_SIGN_IN = "create index one_time_secrets_sign_in on textnlp.one_time_secrets (sign_in_id)"


def upgrade() -> None:
    for statement in (_SIGN_INS, _ENDING, _SECRETS, _OF_SIGN_IN):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table textnlp.one_time_secrets")
    op.execute("drop table textnlp.sign_ins")
