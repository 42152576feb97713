"""With what data at rest is encrypted: an identity, and a key of a region's vault."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Resource
from textnlp_infra.components.vaults import Vault


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encryption:
    """One key, as it is in every region.

    Attributes:
        identity: who may wrap and unwrap with it.
        key_name: its name in each vault.
        vaults: by region.
    """

    identity: Resource
    key_name: str
    vaults: Mapping[str, Vault]

    def key(self, region: str) -> Resource:
        """Return the key of a region's vault."""
        return self.vaults[region].keys[self.key_name]
