"""Have checkov look for insecure settings in the Azure templates, expanded to single resources; run by `make scan`."""

import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tools.checkov_scan import Reason, scan

from textnlp_infra.checks.estate_check import expanded, templates
from textnlp_infra.environments import ENVIRONMENTS, Environment

_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_APPS = ("Microsoft.Web/sites.*",)
_SIGN_IN = ("Microsoft.Web/sites/config.*/authsettingsV2",)
_CLUSTERS = ("Microsoft.ContainerService/managedClusters.*",)
_CONTACT = ("Microsoft.Security/securityContacts.default",)
_OLD_CONTACT = "the field is of an older version of the type, which says the same by its sources and roles"
_NO_APP = "the scanner takes the app's sign-in settings for an app"
_TEXT = "the value is the text that Azure wants, which the scanner takes for something else"

REASONS = (
    Reason("CKV_AZURE_6", _CLUSTERS, "the API server is private: no address outside the network reaches it"),
    Reason("CKV_AZURE_8", _CLUSTERS, "the dashboard is gone from the service; there is no add-on to switch off"),
    Reason("CKV_AZURE_13", _SIGN_IN, _NO_APP),
    Reason("CKV_AZURE_17", _APPS, "callers show tokens, Event Grid's webhook a key; neither has a certificate"),
    Reason("CKV_AZURE_20", _CONTACT, "owners are told by role; no telephone number is written into a template"),
    Reason("CKV_AZURE_21", _CONTACT, _OLD_CONTACT),
    Reason("CKV_AZURE_22", _CONTACT, _OLD_CONTACT),
    Reason("CKV_AZURE_63", _SIGN_IN, _NO_APP),
    Reason("CKV_AZURE_65", _SIGN_IN, _NO_APP),
    Reason("CKV_AZURE_66", _SIGN_IN, _NO_APP),
    Reason(
        "CKV_AZURE_76",
        ("Microsoft.Batch/batchAccounts.*",),
        "the account holds lists of tasks; texts are in the storage account, which has the platform's key",
    ),
    Reason("CKV_AZURE_80", _SIGN_IN, _NO_APP),
    Reason(
        "CKV_AZURE_87",
        ("Microsoft.Security/pricings.*",),
        "Key Vault's plan is among them; the scanner asks every other plan to be that one",
    ),
    Reason("CKV_AZURE_88", _SIGN_IN, _NO_APP),
    Reason(
        "CKV_AZURE_135",
        ("Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies.*",),
        "Microsoft's own set holds the rule; the scanner looks for OWASP's",
    ),
    Reason(
        "CKV_AZURE_166",
        ("Microsoft.ContainerRegistry/registries.*",),
        "the pipeline scans an image before it pushes it, and signs it after; quarantine is a preview",
    ),
    Reason("CKV_AZURE_172", _CLUSTERS, _TEXT),
    Reason("CKV_AZURE_173", ("Microsoft.ApiManagement/service.*",), _TEXT),
    Reason(
        "CKV_AZURE_174",
        ("Microsoft.ApiManagement/service.*",),
        "its network is internal, so that the gateway has no public address; Azure refuses the setting beside that",
    ),
    Reason(
        "CKV_AZURE_206",
        ("Microsoft.Storage/storageAccounts.*",),
        "what must outlive a region is in accounts that are copied to another; these can be made again",
    ),
    Reason("CKV_AZURE_212", _APPS, "they scale from none by their triggers; nobody waits for an answer of theirs"),
    Reason("CKV_AZURE_213", _APPS, "their host answers no page that would tell of health; failures raise an alert"),
    Reason(
        "CKV_AZURE_222",
        (*_APPS, *_SIGN_IN),
        "everything is denied but the service tag of Event Grid, whose webhooks come from outside the network",
    ),
    Reason(
        "CKV_AZURE_225",
        ("Microsoft.Web/serverfarms.*",),
        "zones want three machines that run all the time, for work that is done again when it fails",
    ),
    Reason(
        "CKV_AZURE_233",
        ("Microsoft.ContainerRegistry/registries.*dev*",),
        "development is in one zone; production's registry is in all and in both regions",
    ),
    Reason(
        "CKV_AZURE_243",
        ("Microsoft.MachineLearningServices/workspaces.*",),
        "its private endpoint is a resource beside it, where the scanner does not look",
    ),
)


def write_expanded(known: Environment, folder: Path) -> None:
    """Write the estate of an environment as one template without an expression."""
    graph = expanded(templates(known), known, datetime.now(UTC).date())
    resources = [
        {"type": each.type, "apiVersion": each.api_version, "name": each.name, **each.body} for each in graph.resources
    ]
    template = {"$schema": _SCHEMA, "contentVersion": "1.0.0.0", "resources": resources}
    (folder / f"{known.name}.json").write_text(json.dumps(template, default=str, indent=1), encoding="utf-8")


def main() -> int:
    """Scan all environments, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        for known in ENVIRONMENTS:
            write_expanded(known, Path(folder))
        return scan(Path(folder), framework="arm", reasons=REASONS, kept_in="tools/scan_templates.py")


if __name__ == "__main__":
    sys.exit(main())
