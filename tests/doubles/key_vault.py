"""Azure Key Vault's reading of secrets over https, with its challenge and its error bodies.

As documented at learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses and
learn.microsoft.com/rest/api/keyvault/secrets/get-secret.
"""

import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from aiohttp import web
from joserfc import jwt
from joserfc.errors import JoseError

from tests.doubles.entra import TENANT, Entra

_AUDIENCE = "https://vault.azure.net"
_VERSION = "0" * 32


@dataclass(slots=True)
class KeyVault:
    """The double.

    Attributes:
        url: its address.
        secrets: values by name.
        disabled: names of secrets that are off.
        refuses: answer as where the identity has no role.
        fails: answer with this status.
        reads: names that were read.
        challenges: how many calls came without a token.
    """

    url: str = ""
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    disabled: set[str] = field(default_factory=set[str])
    refuses: bool = False
    fails: int | None = None
    reads: list[str] = field(default_factory=list[str])
    challenges: int = 0


@contextlib.asynccontextmanager
async def running_key_vault(entra: Entra) -> AsyncGenerator[KeyVault]:
    """Run a vault that takes the tokens of `entra`, with its certificate."""
    vault = KeyVault()
    app = web.Application()

    async def read(request: web.Request) -> web.Response:
        return _answer(vault, entra, request)

    app.router.add_get("/secrets/{name}", read)
    app.router.add_get("/secrets/{name}/{version:.*}", read)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=entra.certificates.server_context)
    await site.start()
    try:
        vault.url = f"https://localhost:{runner.addresses[0][1]}"
        yield vault
    finally:
        await runner.cleanup()


def _answer(vault: KeyVault, entra: Entra, request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if vault.fails is not None:
        return _refused(vault.fails, "InternalServerError", "As the test wants.")
    if not _is_known(request.headers.get("Authorization", ""), entra):
        vault.challenges += 1
        challenge = f'Bearer authorization="{entra.host}/{TENANT}", resource="{_AUDIENCE}"'
        told = "AKV10000: Request is missing a Bearer or PoP token."
        return _refused(401, "Unauthorized", told, headers={"WWW-Authenticate": challenge})
    if vault.refuses:
        told = "Caller is not authorized to perform action on resource."
        return _refused(403, "Forbidden", told, inner="ForbiddenByRbac")
    if name in vault.disabled:
        return _refused(403, "Forbidden", "Operation get is not allowed on a disabled secret.", inner="SecretDisabled")
    if name not in vault.secrets:
        return _refused(404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault.")
    vault.reads.append(name)
    at = int(time.time())
    attributes = {"enabled": True, "created": at, "updated": at, "recoveryLevel": "Recoverable+Purgeable"}
    identifier = f"{vault.url}/secrets/{name}/{_VERSION}"
    return web.json_response({"value": vault.secrets[name], "id": identifier, "attributes": attributes})


def _is_known(authorization: str, entra: Entra) -> bool:
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), entra.key).claims
    except (JoseError, ValueError):
        return False
    return claims["aud"] == _AUDIENCE and claims["exp"] > time.time()


def _refused(
    status: int, code: str, message: str, *, inner: str | None = None, headers: dict[str, str] | None = None
) -> web.Response:
    error = {"code": code, "message": message} | ({"innererror": {"code": inner}} if inner else {})
    return web.json_response({"error": error}, status=status, headers=headers)
