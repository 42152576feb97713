"""Stands in for Microsoft Entra ID: exchanges the token of a pod for tokens of Azure, as workload identity does.

Endpoint and fields are those of the OAuth 2.0 client credentials flow with a federated credential, as documented at
learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
"""

import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from azure.identity.aio import WorkloadIdentityCredential
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.doubles.certificates import Certificates

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
_POD_TOKEN = "token-of-the-pod"  # noqa: S105  of no pod
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(slots=True)
class Entra:
    """The double, and what it was asked.

    Attributes:
        host: scheme, name and port, to be AZURE_AUTHORITY_HOST.
        environment: variables that make a process be the workload identity `CLIENT`, and trust the certificates.
        lasts_seconds: how long the tokens that it gives are good.
        refuses: answer as where no federated credential matches.
        scopes: of every token that was given, in order.
        lent: tokens by scope that are handed out again and again, to services that cannot look into one.
    """

    host: str
    environment: dict[str, str]
    certificates: Certificates
    key: RSAKey
    lasts_seconds: int = 3600
    refuses: bool = False
    scopes: list[str] = field(default_factory=list[str])
    lent: dict[str, str] = field(default_factory=dict[str, str])

    def lend(self, scope: str) -> str:
        """Return a token for `scope`, which whoever asks is given from then on."""
        return self.lent.setdefault(scope, self.signed(aud=_audience(scope)))

    def credential(self) -> WorkloadIdentityCredential:
        """Return the library's credential of the workload identity, whatever the environment says."""
        return WorkloadIdentityCredential(
            tenant_id=TENANT,
            client_id=CLIENT,
            token_file_path=self.environment["AZURE_FEDERATED_TOKEN_FILE"],
            authority=self.host,
            connection_verify=str(self.certificates.authority),
        )

    def signed(self, **claims: Any) -> str:
        """Return a token with these claims in place of the usual ones."""
        at = int(time.time())
        usual = {
            "iss": f"https://sts.windows.net/{TENANT}/",
            "tid": TENANT,
            "appid": CLIENT,
            "oid": CLIENT,
            "sub": CLIENT,
            "iat": at,
            "nbf": at,
            "exp": at + self.lasts_seconds,
        }
        return jwt.encode({"alg": "RS256", "kid": "entra"}, {**usual, **claims}, self.key)


@contextlib.asynccontextmanager
async def running_entra(folder: Path, certificates: Certificates) -> AsyncGenerator[Entra]:
    """Run the double; `folder` gets the file with the token of the pod."""
    token_file = folder / "pod-token"
    token_file.write_text(_POD_TOKEN)
    key = RSAKey.generate_key(2048)
    app = web.Application()
    runner = web.AppRunner(app)
    entra = Entra(host="", environment={}, certificates=certificates, key=key)

    async def token(request: web.Request) -> web.Response:
        form = await request.post()
        return _answer(entra, {name: str(value) for name, value in form.items()})

    app.router.add_post(f"/{TENANT}/oauth2/v2.0/token", token)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificates.server_context)
    await site.start()
    try:
        entra.host = f"https://localhost:{runner.addresses[0][1]}"
        entra.environment = {
            "AZURE_AUTHORITY_HOST": entra.host,
            "AZURE_TENANT_ID": TENANT,
            "AZURE_CLIENT_ID": CLIENT,
            "AZURE_FEDERATED_TOKEN_FILE": str(token_file),
            "SSL_CERT_FILE": str(certificates.authority),
        }
        yield entra
    finally:
        await runner.cleanup()


def _answer(entra: Entra, form: dict[str, str]) -> web.Response:
    scope = form.get("scope", "")
    told = (form.get("grant_type"), form.get("client_assertion_type"), form.get("client_assertion"))
    if entra.refuses or told != ("client_credentials", _ASSERTION_TYPE, _POD_TOKEN) or form.get("client_id") != CLIENT:
        error = "AADSTS700213: No matching federated identity record found for presented assertion subject."
        return web.json_response({"error": "invalid_client", "error_description": error}, status=401)
    entra.scopes.append(scope)
    value = entra.lent.get(scope) or entra.signed(aud=_audience(scope))
    return web.json_response({"token_type": "Bearer", "expires_in": entra.lasts_seconds, "access_token": value})


def _audience(scope: str) -> str:
    return scope.removesuffix("/.default")
