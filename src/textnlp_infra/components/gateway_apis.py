"""What API Management publishes: APIs with their operations, policies and product, and what it tells of calls."""

from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.api_policies.documents import render_policies
from textnlp_infra.api_policies.operation import APIS, Api, Operation, Operations, load_operations
from textnlp_infra.api_policies.product_policy import PRODUCT
from textnlp_infra.arm import Resource, Value, call
from textnlp_infra.components.gateway import Gateway
from textnlp_infra.components.logic_app import API_CLIENT_ID
from textnlp_infra.roles import Role, assign_role

_SECRET_HEADERS = ("Authorization", "api-key", "x-api-key", "Cookie")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Publication:
    """What is published, in `resources`; what lets the gateway write to Application Insights, in `grants`."""

    resources: tuple[Resource, ...]
    grants: tuple[Resource, ...]


def build_publication(gateway: Gateway, *, insights: Resource, backends: tuple[Resource, ...]) -> Publication:
    """Publish all APIs; policies come after the named values and the `backends` that they name."""
    service = gateway.service
    operations = load_operations()
    policies = render_policies(operations=operations)
    values = _named_values(service)
    grant = assign_role(Role.METRICS_PUBLISHER, insights, to=service)
    loggers = _loggers(service, insights, grant)
    before = (*values, *backends, *loggers)
    product = service.child(
        "products",
        PRODUCT,
        {"displayName": TOPOLOGY.application.display_name, "subscriptionRequired": False, "state": "published"},
    )
    apis = [
        resource
        for api in APIS
        for resource in _api(service, api, operations, policies[f"apis/{api.name}.xml"], before)
    ]
    published = [item for item in apis if item.type.endswith("/apis")]
    return Publication(
        resources=(
            *values,
            *loggers,
            _diagnostics(service, loggers),
            service.child("policies", "policy", _policy(policies["global.xml"]), after=(*before, *apis)),
            *apis,
            product,
            *(product.child("apis", str(api.name), after=(api,)) for api in published),
            product.child("policies", "policy", _policy(policies[f"products/{PRODUCT}.xml"]), after=before),
        ),
        grants=(grant,),
    )


def _named_values(service: Resource) -> tuple[Resource, ...]:
    values = {"api-client-id": API_CLIENT_ID.value, "tenant-id": call("subscription").property("tenantId")}
    return tuple(
        service.child("namedValues", name, {"displayName": name, "value": value, "secret": False})
        for name, value in values.items()
    )


def _api(
    service: Resource, api: Api, operations: Operations, policy: str, before: tuple[Resource, ...]
) -> tuple[Resource, ...]:
    published = service.child(
        "apis",
        api.name,
        {
            "displayName": api.display_name,
            "path": api.path,
            "protocols": ["https"],
            "type": "http",
            "subscriptionRequired": False,
        },
    )
    return (
        published,
        *(_operation(published, item) for item in operations if item.api == api.name),
        published.child("policies", "policy", _policy(policy), after=before),
    )


def _operation(api: Resource, operation: Operation) -> Resource:
    parameters: list[Value] = [
        {"name": part.strip("{}"), "type": "string", "required": True}
        for part in operation.url_template.split("/")
        if part.startswith("{")
    ]
    return api.child(
        "operations",
        operation.id,
        {
            "displayName": operation.display_name,
            "method": operation.method,
            "urlTemplate": operation.url_template,
            "templateParameters": parameters or None,
        },
    )


def _policy(text: str) -> dict[str, Value]:
    return {"format": "rawxml", "value": text}


def _loggers(service: Resource, insights: Resource, grant: Resource) -> tuple[Resource, Resource]:
    """Return the loggers: Application Insights, to which the gateway signs in as itself, and the workspace."""
    return (
        service.child(
            "loggers",
            "application-insights",
            {
                "loggerType": "applicationInsights",
                "resourceId": insights.id,
                "credentials": {
                    "connectionString": insights.property("ConnectionString"),
                    "identityClientId": "SystemAssigned",
                },
                "isBuffered": True,
            },
            after=(grant,),
        ),
        service.child("loggers", "azuremonitor", {"loggerType": "azureMonitor", "isBuffered": True}),
    )


def _diagnostics(service: Resource, loggers: tuple[Resource, ...]) -> Resource:
    """Every failure is told, no body, and no header by which a caller proves who they are."""
    headers: list[Value] = [{"value": name, "mode": "Hide"} for name in _SECRET_HEADERS]
    side: dict[str, Value] = {
        "request": {"body": {"bytes": 0}, "dataMasking": {"headers": headers}},
        "response": {"body": {"bytes": 0}},
    }
    return service.child(
        "diagnostics",
        "applicationinsights",
        {
            "loggerId": loggers[0].id,
            "alwaysLog": "allErrors",
            "sampling": {"samplingType": "fixed", "percentage": TOPOLOGY.trace_sampling_percent},
            "httpCorrelationProtocol": "W3C",
            "verbosity": "information",
            "logClientIp": False,
            "metrics": True,
            "frontend": side,
            "backend": side,
        },
    )
