"""An OpenID Connect issuer that signs everybody in who comes, and is as strict with programs as a good one is."""

import base64
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.factories.sign_ins import challenge_of
from tests.factories.signed_tokens import public, rsa_key, signed
from textnlp.topology.scopes import AUDIENCE, READ, WRITE

CLIENT_ID, CLIENT_SECRET = "console:1", "s&cret%"


@dataclass(slots=True)
class OidcIssuer:
    """What the issuer does, which a test may change.

    Attributes:
        described: changes to how it describes itself.
        id_token: changes to the claims of its id tokens.
        answer: changes to the answers of its token endpoint; None leaves something out.
        forms: what was posted to it.
        status: of the token endpoint, with `error`, where not None.
    """

    url: str = ""
    described: dict[str, Any] = field(default_factory=dict[str, Any])
    id_token: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: dict[str, Any] = field(default_factory=dict[str, Any])
    forms: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    status: int | None = None
    error: str = "invalid_client"
    subject: str = "ada"
    has_secret: bool = True
    described_count: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    refresh_tokens: set[str] = field(default_factory=set[str])

    async def describe(self, _request: web.Request) -> web.Response:
        self.described_count += 1
        document = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
            "jwks_uri": f"{self.url}/keys",
            "authorization_response_iss_parameter_supported": True,
        } | self.described
        return web.json_response(document)

    async def publish(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": public(rsa_key("issuer"))})

    async def authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        fields = {"code": code, "state": asked["state"], "iss": self.url}
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(fields)}"})

    async def give(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self.status is not None:
            return web.json_response({"error": self.error}, status=self.status)
        if not self._is_client(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh_tokens:
                return web.json_response({"error": "invalid_grant"}, status=400)
            self.refresh_tokens.discard(form["refresh_token"])
            return self._tokens(None)
        asked = self.codes.pop(form["code"], None)
        if (
            asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or challenge_of(form["code_verifier"]) != asked["code_challenge"]
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        return self._tokens(asked["nonce"])

    async def revoke(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        self.refresh_tokens.discard(form["token"])
        return web.Response()

    def _is_client(self, request: web.Request, form: dict[str, str]) -> bool:
        if not self.has_secret:
            return form.get("client_id") == CLIENT_ID and "Authorization" not in request.headers
        header = request.headers.get("Authorization", "").removeprefix("Basic ")
        if header:
            pair = base64.b64decode(header).decode().partition(":")
            return (unquote(pair[0]), unquote(pair[2])) == (CLIENT_ID, CLIENT_SECRET)
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)

    def _tokens(self, nonce: str | None) -> web.Response:
        refresh_token = f"refresh-{len(self.forms)}"
        self.refresh_tokens.add(refresh_token)
        now = int(time.time())
        access = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": self.subject,
            "tid": "contoso",
            "scp": f"{READ} {WRITE}",
            "exp": now + 3600,
            "jti": refresh_token,
        }
        identity = {"iss": self.url, "aud": CLIENT_ID, "sub": self.subject, "exp": now + 300, "nonce": nonce}
        found = {
            "access_token": signed(access, rsa_key("issuer")),
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": refresh_token,
            "id_token": signed(identity | self.id_token, rsa_key("issuer")) if nonce else None,
        } | self.answer
        return web.json_response({name: value for name, value in found.items() if value is not None})


@contextlib.asynccontextmanager
async def running_oidc_issuer() -> AsyncGenerator[OidcIssuer]:
    """Run an issuer on this machine until the block ends."""
    issuer = OidcIssuer()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", issuer.describe)
    app.router.add_get("/keys", issuer.publish)
    app.router.add_get("/authorize", issuer.authorize)
    app.router.add_post("/token", issuer.give)
    app.router.add_post("/revoke", issuer.revoke)
    async with TestServer(app) as running:
        issuer.url = str(running.make_url("")).rstrip("/")
        yield issuer
