"""A small API Management: runs the policy documents that would be deployed, for the policies that they use.

It proves what the documents say, by the documented meaning of each policy, and nothing about Azure itself.
"""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.doubles.api_management.call import Call, PolicyError, Request, Response, ReturnedError, token
from tests.doubles.api_management.counters import FixedWindow, SlidingLog
from tests.doubles.api_management.csharp import CSharpError, evaluate
from textnlp.ports.clock import Clock
from textnlp_infra.api_policies.operation import APIS, Operation

Service = Callable[[Request], Awaitable[Response]]
_MINUTE = 60
_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


class ApiManagement:
    """Takes calls as the gateway does: finds the operation, runs inbound, asks the service, runs outbound.

    Args:
        named_values: what `{{name}}` in the documents stands for.
        keys: the keys of an issuer, by the URL of its discovery document.
        service: what answers behind it.
    """

    def __init__(
        self,
        documents: Mapping[str, str],
        operations: Sequence[Operation],
        *,
        named_values: Mapping[str, str],
        keys: Mapping[str, KeySet],
        clock: Clock,
        service: Service,
    ) -> None:
        self._documents = {
            path: ET.fromstring(re.sub(r"\{\{([^}]*)\}\}", lambda found: named_values[found[1]], text))  # noqa: S314
            for path, text in documents.items()
        }
        self._operations = operations
        self._keys = keys
        self._clock = clock
        self._service = service
        self._logs = defaultdict[tuple[str, str], SlidingLog](SlidingLog)
        self._quotas = defaultdict[str, FixedWindow](FixedWindow)
        self.ran: list[str] = []
        """The policies that ran for the last call, in order."""

    def use(self, policy: str, key: str, units: int) -> None:
        """Count units of a key as if calls had used them just before."""
        if policy != "quota-by-key":
            self._logs[policy, key].charge(units, now=self._now())
            return
        (found,) = self._documents["products/textnlp.xml"].iter(policy)
        self._quotas[key].charge(units, period=int(found.get("renewal-period", "")), since=self._since(found))

    async def handle(self, request: Request) -> Response:
        """Answer a call."""
        self.ran = []
        call = Call(request, dict(request.headers))
        if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
            return self._preflight(request)
        try:
            self._route(call)
            self._run(self._effective("inbound", call.api_name), call)
            return await self._forwarded(call)
        except ReturnedError as returned:
            return self._shared_with_page(call, returned.response)
        except PolicyError as failure:
            return self._shared_with_page(call, self._failed(call, failure))
        except CSharpError as exc:
            failure = PolicyError("expression", "ExpressionValueEvaluationFailure", str(exc), 500)
            return self._failed(call, failure)

    def _route(self, call: Call) -> None:
        path = call.request.path
        apis = sorted(APIS, key=lambda each: -len(each.path))
        api = next(each for each in apis if not each.path or path.startswith(f"/{each.path}/"))
        call.api_name = api.name
        below = path.removeprefix(f"/{api.path}") if api.path else path
        for operation in self._operations:
            if operation.api == api.name and operation.method == call.request.method:
                pattern = re.sub(r"\\\{\\\*\w+\\\}", ".+", re.escape(operation.url_template))
                if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", pattern), below):
                    call.operation_id = operation.id
                    return
        message = "Unable to match incoming request to an operation."
        raise PolicyError("configuration", "OperationNotFound", message, 404)

    def _effective(self, section: str, api_name: str | None) -> list[ET.Element]:
        """Return the policies of a section with those of the scopes around it, where `base` stands."""
        policies: list[ET.Element] = []
        for path in ("global.xml", "products/textnlp.xml", f"apis/{api_name}.xml"):
            own = self._documents[path].find(section)
            assert own is not None
            nested = [each for child in own for each in (policies if child.tag == "base" else [child])]
            policies = nested
        return policies

    async def _forwarded(self, call: Call) -> Response:
        (forward,) = self._effective("backend", call.api_name)
        assert forward.tag == "forward-request"
        assert call.backend_id is not None
        assert int(forward.get("timeout", "0")) > 0
        try:
            call.response = await self._service(Request(**_sent_on(call)))
        except TimeoutError:
            raise PolicyError("forward-request", "Timeout", "Request to the backend timed out.", 500) from None
        except ConnectionError:
            raise PolicyError("forward-request", "BackendConnectionFailure", "No connection.", 500) from None
        call.response.has_reached = True
        self._run(self._effective("outbound", call.api_name), call)
        return self._shared_with_page(call, call.response)

    def _failed(self, call: Call, failure: PolicyError) -> Response:
        call.failure = failure
        call.response = Response(failure.status, dict(failure.headers), failure.message.encode())
        try:
            self._run(self._effective("on-error", call.api_name), call)
        except ReturnedError as returned:
            return returned.response
        return call.response

    def _run(self, policies: Sequence[ET.Element], call: Call) -> None:
        for policy in policies:
            self.ran.append(policy.tag)
            handler = getattr(self, "_do_" + policy.tag.replace("-", "_"), None)
            if handler is None:
                raise AssertionError(f"the double does not know <{policy.tag}>")
            handler(policy, call)

    def _do_cors(self, policy: ET.Element, call: Call) -> None:
        """Do nothing: what it does to responses is done when they are made."""

    def _do_choose(self, policy: ET.Element, call: Call) -> None:
        for branch in policy:
            if branch.tag == "otherwise" or _value(branch.get("condition", ""), call) is True:
                self._run(list(branch), call)
                return

    def _do_set_variable(self, policy: ET.Element, call: Call) -> None:
        call.variables[policy.get("name", "")] = _value(policy.get("value", ""), call)

    def _do_set_header(self, policy: ET.Element, call: Call) -> None:
        target = call.headers if call.response is None else call.response.headers
        name = policy.get("name", "").lower()
        if policy.get("exists-action") == "delete":
            target.pop(name, None)
            return
        assert policy.get("exists-action") == "override"
        target[name] = str(_value(policy.findtext("value", ""), call))

    def _do_set_backend_service(self, policy: ET.Element, call: Call) -> None:
        call.backend_id = policy.get("backend-id")

    def _do_return_response(self, policy: ET.Element, call: Call) -> None:
        status = policy.find("set-status")
        assert status is not None
        call.response = response = Response(int(status.get("code", "")))
        for header in policy.findall("set-header"):
            self._do_set_header(header, call)
        response.body = str(_value(policy.findtext("set-body", ""), call)).encode()
        raise ReturnedError(response)

    def _do_validate_jwt(self, policy: ET.Element, call: Call) -> None:
        call.variables[policy.get("output-token-variable-name", "")] = token(self._verified(policy, call))

    def _verified(self, policy: ET.Element, call: Call) -> Mapping[str, Any]:
        given = call.headers.get(policy.get("header-name", "").lower(), "")
        scheme, _, credential = given.partition(" ")
        if scheme.lower() != policy.get("require-scheme", "").lower() or not credential:
            raise self._refused(policy, "TokenNotPresent", "JWT not present.")
        (configuration,) = policy.findall("openid-config")
        try:
            found = jwt.decode(credential, self._keys[configuration.get("url", "")], algorithms=_ALGORITHMS)
        except (JoseError, ValueError) as exc:
            raise self._refused(policy, "TokenSignatureInvalid", "The signature is invalid.") from exc
        claims: Mapping[str, Any] = found.claims
        now, skew = self._clock.now().timestamp(), int(policy.get("clock-skew", "0"))
        named = claims.get("aud")
        accepted = {each.text for each in policy.iter("audience")}
        if accepted.isdisjoint([named] if isinstance(named, str) else named or []):
            raise self._refused(policy, "TokenAudienceNotAllowed", "The audience is not allowed.")
        if claims.get("iss") not in {each.text for each in policy.iter("issuer")}:
            raise self._refused(policy, "TokenIssuerNotAllowed", "The issuer is not allowed.")
        if "exp" not in claims or now >= claims["exp"] + skew or now < claims.get("nbf", 0) - skew:
            raise self._refused(policy, "TokenExpired", "The token is expired or not yet valid.")
        return claims

    def _refused(self, policy: ET.Element, reason: str, message: str) -> PolicyError:
        return PolicyError("validate-jwt", reason, message, int(policy.get("failed-validation-httpcode", "401")))

    def _do_rate_limit_by_key(self, policy: ET.Element, call: Call) -> None:
        period = int(policy.get("renewal-period", ""))
        log = self._require_room(policy, call, allowed=int(policy.get("calls", "")), period=period)
        log.charge(1, now=self._now())

    def _do_llm_token_limit(self, policy: ET.Element, call: Call) -> None:
        assert policy.get("estimate-prompt-tokens") == "false"
        self._require_room(policy, call, allowed=int(policy.get("tokens-per-minute", "")), period=_MINUTE)

    def _require_room(self, policy: ET.Element, call: Call, *, allowed: int, period: int) -> SlidingLog:
        key = str(_value(policy.get("counter-key", ""), call))
        log = self._logs[policy.tag, key]
        wait = log.wait_seconds(allowed=allowed, period=period, now=self._now())
        if wait:
            call.variables[policy.get("retry-after-variable-name", "")] = wait
            raise PolicyError(policy.tag, "RateLimitExceeded", "Rate limit is exceeded.", 429)
        return log

    def _do_quota_by_key(self, policy: ET.Element, call: Call) -> None:
        key = str(_value(policy.get("counter-key", ""), call))
        period, window = int(policy.get("renewal-period", "")), self._quotas[key]
        since = self._since(policy)
        wait = window.wait_seconds(allowed=int(policy.get("calls", "")), period=period, since=since)
        if wait:
            raise PolicyError(policy.tag, "QuotaExceeded", "Out of call volume quota.", 403, {"retry-after": str(wait)})
        window.charge(1, period=period, since=since)

    def _do_llm_content_safety(self, policy: ET.Element, call: Call) -> None:
        if b"a grave threat" in call.request.body:
            raise PolicyError(policy.tag, "RequestBlocked", "Request failed content safety check.", 403)

    def _do_llm_emit_token_metric(self, policy: ET.Element, call: Call) -> None:
        for dimension in policy.findall("dimension"):
            _value(dimension.get("value", ""), call)

    def _do_llm_semantic_cache_lookup(self, policy: ET.Element, call: Call) -> None:
        call.variables["cache-key"] = tuple(_value(each.text or "", call) for each in policy.findall("vary-by"))

    def _do_llm_semantic_cache_store(self, policy: ET.Element, call: Call) -> None:
        assert int(policy.get("duration", "")) > 0
        assert "cache-key" in call.variables, "a store without the look-up before it keeps answers of all callers"

    def _preflight(self, request: Request) -> Response:
        cors = self._cors()
        if request.headers.get("origin") not in {each.text for each in cors.iter("origin")}:
            return Response(200)
        response = Response(200, self._origin_headers(request))
        methods = cors.find("allowed-methods")
        assert methods is not None
        response.headers["access-control-allow-methods"] = ",".join(each.text or "" for each in cors.iter("method"))
        response.headers["access-control-allow-headers"] = ",".join(
            each.text or "" for each in cors.findall("allowed-headers/header")
        )
        response.headers["access-control-max-age"] = methods.get("preflight-result-max-age", "")
        return response

    def _shared_with_page(self, call: Call, response: Response) -> Response:
        cors = self._cors()
        if call.request.headers.get("origin") in {each.text for each in cors.iter("origin")}:
            response.headers |= self._origin_headers(call.request)
            exposed = [each.text or "" for each in cors.findall("expose-headers/header")]
            response.headers["access-control-expose-headers"] = ",".join(exposed)
        return response

    def _origin_headers(self, request: Request) -> dict[str, str]:
        allowed = {"access-control-allow-origin": request.headers["origin"]}
        if self._cors().get("allow-credentials") == "true":
            allowed["access-control-allow-credentials"] = "true"
        return allowed

    def _cors(self) -> ET.Element:
        found = self._documents["global.xml"].find("inbound/cors")
        assert found is not None
        return found

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _since(self, policy: ET.Element) -> float:
        return self._now() - datetime.fromisoformat(policy.get("first-period-start", "")).timestamp()


def _value(text: str, call: Call) -> Any:
    return evaluate(text, call.scope()) if text.startswith("@") else text


def _sent_on(call: Call) -> dict[str, Any]:
    request = call.request
    return {"method": request.method, "path": request.path, "headers": call.headers, "body": request.body}
