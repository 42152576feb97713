"""The gateway: what API Management does beyond what the service itself enforces."""

from dataclasses import dataclass

_MOST_SEVERE = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GatewayRules:
    """What the gateway looks at and keeps.

    Attributes:
        harm_thresholds: categories of Azure AI Content Safety, each with the severity, 0 to 7, from which a prompt is
            refused.
        longest_checked_bytes: a longer request goes unlooked at by Content Safety, which reads 10,000 characters and
            would refuse it whatever it says; the content filter of the deployment reads all of it.
        shields_prompts: prompts that try to talk the model out of its instructions are refused too.
        semantic_cache_header: request header whose value `allow` lets an earlier answer to a prompt of like meaning
            stand for a fresh one. Nobody gets one unasked: rows that repeat each other are what the platform avoids.
        semantic_cache_distance: how far apart two prompts may be, 0 for the same meaning; above 0.2 they differ.
        semantic_cache_seconds: how long an answer is kept.
    """

    harm_thresholds: tuple[tuple[str, int], ...]
    longest_checked_bytes: int
    shields_prompts: bool
    semantic_cache_header: str
    semantic_cache_distance: float
    semantic_cache_seconds: int

    def __post_init__(self) -> None:
        """Refuse severities and distances that do not exist."""
        for category, severity in self.harm_thresholds:
            if not 0 < severity <= _MOST_SEVERE:
                raise ValueError(f"gateway: the threshold of '{category}' is {severity}; severities are 1 to 7")
        if not 0 < self.semantic_cache_distance <= 1 or self.semantic_cache_seconds <= 0:
            raise ValueError("gateway: semantic_cache_distance must lie in (0, 1], semantic_cache_seconds above 0")


GATEWAY_RULES = GatewayRules(
    harm_thresholds=(("Hate", 6), ("SelfHarm", 6), ("Sexual", 6), ("Violence", 6)),
    longest_checked_bytes=10_000,
    shields_prompts=True,
    semantic_cache_header="X-Semantic-Cache",
    semantic_cache_distance=0.05,
    semantic_cache_seconds=3_600,
)
