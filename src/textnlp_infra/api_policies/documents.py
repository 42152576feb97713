"""The policy documents of API Management, written from the declaration."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.declaration import Topology
from textnlp_infra.api_policies.api_policy import api_policy
from textnlp_infra.api_policies.global_policy import global_policy
from textnlp_infra.api_policies.operation import APIS, Operations, load_operations
from textnlp_infra.api_policies.product_policy import PRODUCT, product_policy


def render_policies(topology: Topology = TOPOLOGY, operations: Operations | None = None) -> dict[str, str]:
    """Return every policy document by its path; the same declaration gives the same text to the byte.

    A document is well-formed XML, which Azure Resource Manager takes with `format` set to `xml`.

    The scopes nest as API Management runs them: global (who calls, and may they), product (how often), API (how large,
    and what of a model). Raises `ValueError` for limits that the policies cannot keep.
    """
    if operations is None:
        operations = load_operations()
    documents = {
        "global.xml": global_policy(topology, operations),
        f"products/{PRODUCT}.xml": product_policy(topology, operations),
    }
    for api in APIS:
        own = tuple(operation for operation in operations if operation.api == api.name)
        documents[f"apis/{api.name}.xml"] = api_policy(api, topology, own)
    return documents
