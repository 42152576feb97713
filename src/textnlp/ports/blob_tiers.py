"""Where a blob lies between quick and cheap; a store may know tiers or not."""

from enum import StrEnum
from typing import Protocol, runtime_checkable


class BlobTier(StrEnum):
    """Tiers from which a blob can be read at once; the colder, the cheaper to keep and the dearer to read."""

    HOT = "hot"
    COOL = "cool"
    COLD = "cold"


@runtime_checkable
class BlobTiers(Protocol):
    """What a blob store can do beside `BlobStore` where it has tiers."""

    async def set_tier(self, path: str, tier: BlobTier) -> None:
        """Put a blob into a tier; raise `NOT_FOUND` where there is none."""
        ...
