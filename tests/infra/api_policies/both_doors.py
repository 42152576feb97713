"""The same requests through the gateway's policies and through the service alone, and what each decides."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc.jwk import KeySet

from tests.doubles.api_management.call import Request, Response
from tests.doubles.api_management.gateway import ApiManagement
from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import memory_gateway, memory_platform
from tests.factories.signed_tokens import FakeIssuer, claims_at, rsa_key, signed
from textnlp.adapters.identity.signing_keys import SigningKeys
from textnlp.adapters.identity.token_authenticator import TokenAuthenticator
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.identity.claims import TokenRules
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.api_policies.operation import load_operations

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT_ID = "66666666-7777-8888-9999-000000000000"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
KEY = rsa_key("directory")
_HOST = "https://api.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a door says to a request; all but `status` tell nothing where it lets the request pass.

    Attributes:
        status: 0 where the request passes.
        challenge: the error that `WWW-Authenticate` names.
    """

    status: int = 0
    code: str | None = None
    limit_name: str | None = None
    retry_after: str | None = None
    media_type: str | None = None
    challenge: str | None = None


PASSED = Decision()


class BothDoors:
    """The gateway before a service that answers everything, and the service with no gateway before it.

    Both believe the same issuer and look at the same clock.
    """

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.caller = ""
        """Who calls unless a test says otherwise; a name of its own for each, so that no test uses another's limits."""

        self._limiter = MemoryCallLimiter(clock=self.clock)
        self._app = self._service()
        self.answers_gateway: BaseException | None = None
        self.gateway = self.deployed(render_policies())

    def deployed(self, documents: Mapping[str, str]) -> ApiManagement:
        """Return a gateway that runs these documents."""
        return ApiManagement(
            documents,
            load_operations(),
            named_values={"tenant-id": TENANT, "api-client-id": CLIENT_ID},
            keys={f"{ISSUER}/.well-known/openid-configuration": KeySet([KEY])},
            clock=self.clock,
            service=self._behind,
        )

    def token(self, **changes: Any) -> str:
        """Sign good claims, changed."""
        claims = claims_at(self.clock.now().timestamp(), iss=ISSUER, sub=self.caller) | changes
        return signed({name: value for name, value in claims.items() if value is not None}, KEY)

    async def use(self, name: str, units: int) -> None:
        """Let the caller use units of a limit at both doors."""
        limit = TOPOLOGY.call_limit(name)
        counted = {"calls": 0, "tokens": 0, limit.counts: units}
        await self._limiter.take(self.caller, [limit], calls=counted["calls"], tokens=counted["tokens"])
        policy = {"rate-limit": "rate-limit-by-key", "quota": "quota-by-key", "token-limit": "llm-token-limit"}[name]
        self.gateway.use(policy, self.caller, units)

    async def ask_gateway(self, request: Request) -> Response:
        """Return what the gateway answers."""
        return await self.gateway.handle(request)

    async def ask_service(self, request: Request) -> Response:
        """Return what the service answers."""
        application: Any = self._app
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=_HOST) as client:
            sent = client.build_request(
                request.method, request.path, headers=dict(request.headers), content=request.body or None
            )
            if "content-length" in request.headers:
                sent.headers["content-length"] = request.headers["content-length"]
            answer = await client.send(sent)
        return Response(answer.status_code, dict(answer.headers), answer.content)

    async def _behind(self, _: Request) -> Response:
        if self.answers_gateway is not None:
            raise self.answers_gateway
        return Response(200, {"server": "granian", "x-powered-by": "Python", "content-type": "application/json"}, b"{}")

    def _service(self) -> Any:
        keys = SigningKeys(FakeIssuer(KEY).fetch, issuer=ISSUER, clock=self.clock)
        rules = TokenRules(issuer=ISSUER, client_ids=(CLIENT_ID,))
        gateway = memory_gateway(TokenAuthenticator(rules=rules, keys=keys, clock=self.clock))
        platform = memory_platform(gateway=dataclasses.replace(gateway, limiter=self._limiter))
        intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
        return create_app(platform, intake=intake)


def decision(answer: Response) -> Decision:
    """Return what an answer decides."""
    if answer.status < 400:
        return PASSED
    body: dict[str, Any] = json.loads(answer.body)
    told = body.get("error", body)
    challenge = answer.headers.get("www-authenticate", "")
    return Decision(
        status=answer.status,
        code=told["code"],
        limit_name=body.get("limit_name"),
        retry_after=answer.headers.get("retry-after"),
        media_type=answer.headers["content-type"],
        challenge=challenge.partition('error="')[2].partition('"')[0] or None,
    )


def page_may(answer: Response, *, origin: str, method: str, header: str) -> bool:
    """Whether a browser goes on after this answer to its preflight (Fetch Standard, CORS-preflight fetch)."""
    allowed = answer.headers
    listed = {name.strip().lower() for name in allowed.get("access-control-allow-headers", "").split(",")}
    return (
        200 <= answer.status < 300
        and allowed.get("access-control-allow-origin") == origin
        and allowed.get("access-control-allow-credentials") == "true"
        and method in {name.strip() for name in allowed.get("access-control-allow-methods", "").split(",")}
        and header.lower() in listed
    )
