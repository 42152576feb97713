"""Small stacks: a resource group with a nested deployment, and one that reaches into a group of another."""

from typing import Any

from textnlp_infra.deploy.stack_template import StackTemplate

_GROUP = "Microsoft.Resources/resourceGroups"
ACCOUNT = "Microsoft.Storage/storageAccounts"
LOCK = "Microsoft.Authorization/locks"


def small_stack(
    name: str = "first",
    *,
    group: str = "rg-first",
    makes_group: bool = True,
    parameters: dict[str, Any] | None = None,
    arguments: dict[str, Any] | None = None,
    **account: Any,
) -> StackTemplate:
    """Return a stack with a storage account that a lock extends; `account` are properties of the account."""
    inner = {
        "resources": [
            {
                "type": LOCK,
                "apiVersion": "2020-05-01",
                "name": f"lock-{name}",
                "scope": f"[resourceId('{ACCOUNT}', 'st{name}')]",
                "dependsOn": [f"[resourceId('{ACCOUNT}', 'st{name}')]"],
                "properties": {"level": "ReadOnly"},
            },
            {"type": ACCOUNT, "apiVersion": "2026-04-01", "name": f"st{name}", "properties": account},
        ],
        "outputs": {"host": {"type": "string", "value": f"[reference(resourceId('{ACCOUNT}', 'st{name}')).host]"}},
    }
    nested = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2025-04-01",
        "name": f"unit-{name}",
        "resourceGroup": group,
        "dependsOn": [f"[subscriptionResourceId('{_GROUP}', '{group}')]"] if makes_group else [],
        "properties": {"expressionEvaluationOptions": {"scope": "Inner"}, "template": inner},
    }
    made = {"type": _GROUP, "apiVersion": "2025-04-01", "name": group, "location": "eastus2"}
    return StackTemplate(
        environment="dev",
        name=name,
        location="eastus2",
        template={"parameters": parameters or {}, "resources": [*([made] if makes_group else []), nested]},
        arguments=arguments or {},
    )
