from typing import Any, cast

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.identities import ENCRYPTION
from textnlp_infra.components.vaults import vault_config
from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation

_FOUNDATION = build_foundation(environment("prod"))
_VAULT = _FOUNDATION.vaults["eastus2"]


def test_a_vault_holds_the_keys_that_are_kept_and_no_secret() -> None:
    kept = {secret.name for secret in TOPOLOGY.secrets if secret.is_kept and secret.kind == "key"}
    assert set(vault_config().keys) == kept == set(_VAULT.keys)
    assert not [item for item in _VAULT.resources if item.type == "Microsoft.KeyVault/vaults/secrets"]


def test_keys_stay_in_hardware_and_are_replaced_in_time() -> None:
    properties = cast("Any", _VAULT.keys["data-encryption-key"].properties)
    assert (properties["kty"], properties["attributes"]["exportable"]) == ("RSA-HSM", False)
    assert properties["rotationPolicy"]["lifetimeActions"][0]["action"] == {"type": "rotate"}


def test_services_may_use_the_keys_that_encrypt_them_and_no_other() -> None:
    assigned = [item for item in _VAULT.resources if item.type == "Microsoft.Authorization/roleAssignments"]
    assert {item.scope.name for item in assigned if item.scope} == {"data-encryption-key", "servicebus-key"}
    assert all(_FOUNDATION.identities.by_name[ENCRYPTION] in list(item.uses()) for item in assigned)
