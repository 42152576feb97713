"""Sign-ins in PostgreSQL."""

from datetime import UTC, datetime
from typing import Any, LiteralString

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.identifiers import SignInId
from textnlp.domain.identity.one_time_secret import OneTimeSecret, SecretPurpose, TakenSecret
from textnlp.domain.identity.sign_in import SignIn

_SIGN_IN_COLUMNS: LiteralString = """
    id, oauth_client, subject, tenant, caller, grants, created_at, expires_at, has_refresh, revoked_at
"""
_CODE_COLUMNS: LiteralString = """
    digest, purpose, sign_in_id, expires_at, redirect_uri, challenge, nonce, wants_identity, rotation
"""
# Some at a time, so that no one sign-in waits for a large clean-up; skipped where another process is at it.
_FORGET = """
delete from sign_ins where id in (
    select id from sign_ins where expires_at < %(now)s order by expires_at limit 100 for update skip locked
)
"""
_BEGIN = """
insert into sign_ins (COLUMNS) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
""".replace("COLUMNS", _SIGN_IN_COLUMNS)
_KEEP = """
insert into one_time_secrets (COLUMNS)
select %s, %s, id, %s, %s, %s, %s, %s, %s from sign_ins where id = %s
""".replace("COLUMNS", _CODE_COLUMNS)
_TAKE = """
update one_time_secrets set uses = uses + 1 where digest = %s and purpose = %s returning COLUMNS, uses = 1
""".replace("COLUMNS", _CODE_COLUMNS)
_FIND = "select COLUMNS from sign_ins where id = %s".replace("COLUMNS", _SIGN_IN_COLUMNS)
_REVOKE = "update sign_ins set revoked_at = coalesce(revoked_at, %(at)s) where id = %(id)s"


class PostgresSignInStore:
    """Satisfies the `SignInStore` port on the tables of revision 0007."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def begin(self, sign_in: SignIn, secret: OneTimeSecret) -> None:
        """Keep a sign-in and the first secret that is given for it, in one transaction."""
        values = (
            *(sign_in.id, sign_in.oauth_client, sign_in.subject, sign_in.tenant, sign_in.caller),
            *(sorted(sign_in.grants), sign_in.created_at, sign_in.expires_at, sign_in.has_refresh, sign_in.revoked_at),
        )
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute(_FORGET, {"now": sign_in.created_at})
            await connection.execute(_BEGIN, values)
            await connection.execute(_KEEP, _kept(secret))

    async def keep(self, secret: OneTimeSecret) -> None:
        """Keep a further secret of a sign-in; one whose sign-in is gone is let go as well."""
        async with self._database.connection() as connection:
            await connection.execute(_KEEP, _kept(secret))

    async def take(self, digest: bytes, purpose: SecretPurpose) -> TakenSecret | None:
        """Count that a secret was presented, and return it; None where there is none for this purpose."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_TAKE, (digest, purpose.value))).fetchone()
        return None if row is None else _taken(row)

    async def find(self, sign_in_id: SignInId) -> SignIn | None:
        """Return a sign-in, revoked ones too, if there is one."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_FIND, (storable(sign_in_id),))).fetchone()
        return None if row is None else _sign_in(row)

    async def revoke(self, sign_in_id: SignInId, at: datetime) -> None:
        """Let a sign-in be good for nothing from `at` on."""
        async with self._database.connection() as connection:
            await connection.execute(_REVOKE, {"id": storable(sign_in_id), "at": at})


def _kept(secret: OneTimeSecret) -> tuple[Any, ...]:
    return (
        *(secret.digest, secret.purpose.value, secret.expires_at, secret.redirect_uri, secret.challenge),
        *(secret.nonce, secret.wants_identity, secret.rotation, secret.sign_in_id),
    )


def _taken(row: tuple[Any, ...]) -> TakenSecret:
    secret = OneTimeSecret(
        digest=row[0],
        purpose=SecretPurpose(row[1]),
        sign_in_id=SignInId(row[2]),
        expires_at=row[3].astimezone(UTC),
        redirect_uri=row[4],
        challenge=row[5],
        nonce=row[6],
        wants_identity=row[7],
        rotation=row[8],
    )
    return TakenSecret(secret=secret, is_first=row[9])


def _sign_in(row: tuple[Any, ...]) -> SignIn:
    return SignIn(
        id=SignInId(row[0]),
        oauth_client=row[1],
        subject=row[2],
        tenant=row[3],
        caller=row[4],
        grants=frozenset(row[5]),
        created_at=row[6].astimezone(UTC),
        expires_at=row[7].astimezone(UTC),
        has_refresh=row[8],
        revoked_at=None if row[9] is None else row[9].astimezone(UTC),
    )
