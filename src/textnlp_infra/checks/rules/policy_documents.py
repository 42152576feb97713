"""Policies of API Management: their grammar, and the closed list of their expressions."""

from collections.abc import Iterator

from textnlp_infra.api_policies.check import policy_findings
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found

_KINDS = (
    "Microsoft.ApiManagement/service/policies",
    "Microsoft.ApiManagement/service/products/policies",
    "Microsoft.ApiManagement/service/apis/policies",
)


def policy_documents(graph: Graph) -> Iterator[Finding]:
    """Yield what API Management would refuse of a policy, and what nobody has looked at."""
    for kind in _KINDS:
        for policy in graph.of_type(kind):
            for fault in policy_findings(str(policy.properties.get("value")), path="policy"):
                yield found(policy, fault, "write what textnlp_infra/api_policies/policies.rng allows")
