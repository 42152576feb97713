"""What API Management calls: the cluster of its own region, and the models and filters of all regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textnlp.topology.models import EMBEDDING
from textnlp_infra.api_policies.api_policy import CONTENT_SAFETY_BACKEND, EMBEDDINGS_BACKEND, SERVICE_BACKEND
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.gateway import Gateway
from textnlp_infra.components.models import Models
from textnlp_infra.roles import Role, assign_role

_COGNITIVE_SERVICES = "https://cognitiveservices.azure.com"
_FAILURES = 5
_FAILED_WITHIN = "PT1M"
_OPEN_FOR = "PT1M"
_SERVER_ERRORS: Mapping[str, Value] = {"min": 500, "max": 599}
_TOO_MANY: Mapping[str, Value] = {"min": 429, "max": 429}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backends:
    """What policies name, and the roles that let the gateway in."""

    resources: tuple[Resource, ...]
    grants: tuple[Resource, ...]


def build_backends(gateway: Gateway, cluster_host: str, models: Mapping[str, Models]) -> Backends:
    """Build the back ends that the policies name; `models` by region, the primary one first.

    In each network `cluster_host` is the cluster of its region. A circuit opens after five failures in a minute; for
    models it stays open as long as they say, and the next region answers meanwhile. That the service is asked for less
    is its own limits' affair, so that 429 opens no circuit to it.
    """
    service = gateway.service
    cluster = service.child(
        "backends", SERVICE_BACKEND, {**_single(f"https://{cluster_host}"), **_breaker(_SERVER_ERRORS)}
    )
    safety: list[Resource] = []
    embeddings: list[Resource] = []
    grants: list[Resource] = []
    for region, models_there in models.items():
        account = f"https://{models_there.account.name}.openai.azure.com/openai/deployments/{EMBEDDING}/embeddings"
        filters = f"https://{models_there.safety.name}.cognitiveservices.azure.com"
        embeddings.append(_model_backend(service, f"{EMBEDDINGS_BACKEND}-{region}", account, models_there.account))
        safety.append(_model_backend(service, f"{CONTENT_SAFETY_BACKEND}-{region}", filters, models_there.safety))
        grants.append(assign_role(Role.MODEL_USER, models_there.account, to=service))
        grants.append(assign_role(Role.COGNITIVE_USER, models_there.safety, to=service))
    pools = (_pool(service, CONTENT_SAFETY_BACKEND, safety), _pool(service, EMBEDDINGS_BACKEND, embeddings))
    return Backends(resources=(cluster, *safety, *embeddings, *pools), grants=tuple(grants))


def _model_backend(service: Resource, name: str, url: str, account: Resource) -> Resource:
    """Return a back end to which the gateway signs in as itself."""
    return service.child(
        "backends",
        name,
        {
            **_single(url),
            "credentials": {"managedIdentity": {"resource": _COGNITIVE_SERVICES}},
            **_breaker(_TOO_MANY, _SERVER_ERRORS),
        },
        after=(account,),
    )


def _single(url: str) -> dict[str, Value]:
    return {
        "type": "Single",
        "protocol": "http",
        "url": url,
        "tls": {"validateCertificateChain": True, "validateCertificateName": True},
    }


def _breaker(*codes: Mapping[str, Value]) -> dict[str, Value]:
    rules: list[Value] = [
        {
            "name": "failures",
            "failureCondition": {"count": _FAILURES, "interval": _FAILED_WITHIN, "statusCodeRanges": codes},
            "tripDuration": _OPEN_FOR,
            "acceptRetryAfter": True,
        }
    ]
    return {"circuitBreaker": {"rules": rules}}


def _pool(service: Resource, name: str, members: Sequence[Resource]) -> Resource:
    services: list[Value] = [
        {"id": member.id, "priority": priority, "weight": 1} for priority, member in enumerate(members, start=1)
    ]
    return service.child("backends", name, {"type": "Pool", "pool": {"services": services}})
