"""The policy of an API: how large a call may be, and what is looked at and kept of what models are asked."""

import xml.etree.ElementTree as ET

from textnlp.topology.declaration import Topology
from textnlp_infra.api_policies import expressions as csharp
from textnlp_infra.api_policies.element import base, choose, document, element, flag, when
from textnlp_infra.api_policies.operation import Api, Body, Operations, model_calls
from textnlp_infra.api_policies.refusal import TOO_LARGE, Refusal, answer

SERVICE_BACKEND = "textnlp-api"
CONTENT_SAFETY_BACKEND = "content-safety"
EMBEDDINGS_BACKEND = "embeddings"
"""Backend entities that the policies call."""

_METRIC_NAMESPACE = "textnlp"


def api_policy(api: Api, topology: Topology, operations: Operations) -> str:
    """Return the document of an API, given the operations that are its own."""
    calls = model_calls(operations)
    return document(
        inbound=[
            base(),
            *_size_limits(api, topology, operations),
            *(_before_model(topology, calls) if calls else []),
            element("set-backend-service", backend_id=SERVICE_BACKEND),
        ],
        backend=[base()],
        outbound=[*(_after_model(topology, calls) if calls else []), base()],
        on_error=[base()],
    )


def _size_limits(api: Api, topology: Topology, operations: Operations) -> list[ET.Element]:
    """Return what refuses announced bodies that are too large; `validate-content` stops at 4 MB, and reads them."""
    limits = topology.limits
    sizes = {
        Body.DOCUMENT: limits.max_request_body_bytes,
        Body.FILE: limits.max_upload_bytes + limits.form_overhead_bytes,
    }
    branches = [
        when(
            csharp.expression(csharp.is_operation(ids)),
            choose(
                when(
                    csharp.expression(csharp.is_larger_than(size_bytes)),
                    answer(_too_large(size_bytes), topology=topology, api=api),
                )
            ),
        )
        for body, size_bytes in sizes.items()
        if (ids := [operation.id for operation in operations if operation.body is body])
    ]
    return [choose(*branches)] if branches else []


def _too_large(size_bytes: int) -> Refusal:
    detail = csharp.text(f"The body is larger than {size_bytes:,} bytes.")
    return Refusal(kind=TOO_LARGE, detail=detail, limit_name="max_body_bytes")


def _before_model(topology: Topology, calls: list[str]) -> list[ET.Element]:
    rules = topology.gateway
    key = csharp.expression(csharp.variable(csharp.CALLER))
    lookup = element(
        "llm-semantic-cache-lookup",
        *(
            element("vary-by", text=csharp.expression(source))
            for source in (csharp.variable(csharp.CALLER), csharp.path(), csharp.model_of_body())
        ),
        score_threshold=str(rules.semantic_cache_distance),
        embeddings_backend_id=EMBEDDINGS_BACKEND,
        embeddings_backend_auth="system-assigned",
    )
    categories = element(
        "categories",
        *(element("category", name=name, threshold=str(severity)) for name, severity in rules.harm_thresholds),
        output_type="EightSeverityLevels",
    )
    safety = element(
        "llm-content-safety",
        categories,
        backend_id=CONTENT_SAFETY_BACKEND,
        shield_prompt=flag(is_on=rules.shields_prompts),
    )
    metric = element(
        "llm-emit-token-metric",
        element("dimension", name="Caller", value=key),
        element("dimension", name="API ID"),
        namespace=_METRIC_NAMESPACE,
    )
    asked = choose(when(csharp.expression(csharp.asks_for(rules.semantic_cache_header)), lookup))
    checked = choose(when(csharp.expression(csharp.is_at_most(rules.longest_checked_bytes)), safety))
    return [choose(when(csharp.expression(csharp.is_operation(calls)), checked, metric, asked))]


def _after_model(topology: Topology, calls: list[str]) -> list[ET.Element]:
    rules = topology.gateway
    store = element("llm-semantic-cache-store", duration=str(rules.semantic_cache_seconds))
    asked = choose(when(csharp.expression(csharp.asks_for(rules.semantic_cache_header)), store))
    return [choose(when(csharp.expression(csharp.is_operation(calls)), asked))]
