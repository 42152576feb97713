"""Sign a person in to a program: who they are against an authorization code (RFC 6749, section 4.1)."""

from datetime import timedelta

from textnlp.application.sign_in_ports import SignInPorts
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import new_sign_in_id
from textnlp.domain.identity.api_key import KEY_START, parse_key
from textnlp.domain.identity.authorization_request import AuthorizationRequest
from textnlp.domain.identity.client import open_client
from textnlp.domain.identity.one_time_secret import (
    MOST_CHARACTERS,
    OneTimeSecret,
    SecretPurpose,
    digest_of,
    generate_secret,
    plain_login_code,
)
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.refusals import unauthenticated
from textnlp.domain.identity.sign_in import CODE_SECONDS, SignIn, require_standing, sign_in_end


async def prove_person(ports: SignInPorts, credential: str) -> Principal:
    """Return whom an API key, or a code of `textnlp login`, proves; the code is used up.

    Raises `UNAUTHENTICATED` for anything else.
    """
    text = credential.strip()
    if text.startswith(KEY_START):
        key = parse_key(text)
        return open_client(await ports.clients.find_by_prefix(key.prefix), key, now=ports.clock.now())
    code = plain_login_code(text)
    taken = await ports.store.take(digest_of(code), SecretPurpose.LOGIN) if len(code) <= MOST_CHARACTERS else None
    if taken is None or not taken.is_first or taken.secret.expires_at <= ports.clock.now():
        raise unauthenticated(
            "This is neither an API key nor a sign-in code that can still be used.",
            hint="Get a code with: textnlp login. It is good once, for five minutes.",
        )
    return require_standing(await ports.store.find(taken.secret.sign_in_id), now=ports.clock.now()).principal


async def sign_in(ports: SignInPorts, request: AuthorizationRequest, person: Principal) -> str:
    """Return the authorization code for a program that `person` signs in to, with what of its wishes they may do.

    Raises `INVALID_INPUT` naming the scope where they may do nothing of it.
    """
    wanted = person.grants if request.grants is None else request.grants
    granted = wanted & person.grants
    if wanted and not granted:
        raise invalid_input("Whoever signed in may do nothing of what was asked for.", field="scope")
    now = ports.clock.now()
    begun = SignIn(
        id=new_sign_in_id(now),
        oauth_client=request.client.id,
        subject=person.subject,
        tenant=person.tenant,
        caller=person.caller,
        grants=granted,
        created_at=now,
        expires_at=sign_in_end(now, has_refresh=request.wants_refresh),
        has_refresh=request.wants_refresh,
    )
    code = generate_secret()
    secret = OneTimeSecret(
        digest=digest_of(code),
        purpose=SecretPurpose.CODE,
        sign_in_id=begun.id,
        expires_at=now + timedelta(seconds=CODE_SECONDS),
        redirect_uri=request.redirect_uri,
        challenge=request.challenge,
        nonce=request.nonce,
        wants_identity=request.wants_identity,
    )
    await ports.store.begin(begun, secret)
    return code
