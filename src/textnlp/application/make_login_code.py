"""Make a code with which whoever uses this machine signs in on a page of the platform."""

from collections.abc import Iterable
from datetime import timedelta

from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import new_sign_in_id
from textnlp.domain.identity.oauth_client import LOGIN_CLIENT_ID
from textnlp.domain.identity.one_time_secret import OneTimeSecret, SecretPurpose, digest_of, generate_login_code
from textnlp.domain.identity.principal import grants_of
from textnlp.domain.identity.sign_in import LOGIN_SECONDS, SignIn
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.ports.clock import Clock
from textnlp.ports.sign_in_store import SignInStore


async def make_login_code(store: SignInStore, permissions: Iterable[str], *, clock: Clock) -> str:
    """Return a code that is good once within `LOGIN_SECONDS`, for at most the permissions that are named.

    Raises `INVALID_INPUT` for a permission that is not declared, or for none at all.
    """
    grants = grants_of(permissions)
    if not grants:
        raise invalid_input("A sign-in needs at least one permission.", field="scope")
    now = clock.now()
    code = generate_login_code()
    ends = now + timedelta(seconds=LOGIN_SECONDS)
    sign_in = SignIn(
        id=new_sign_in_id(now),
        oauth_client=LOGIN_CLIENT_ID,
        subject=LOCAL_TENANT,
        tenant=LOCAL_TENANT,
        caller=LOCAL_TENANT,
        grants=grants,
        created_at=now,
        expires_at=ends,
    )
    secret = OneTimeSecret(digest=digest_of(code), purpose=SecretPurpose.LOGIN, sign_in_id=sign_in.id, expires_at=ends)
    await store.begin(sign_in, secret)
    return code
