"""The edge of production and of development, with all that it stands on."""

from dataclasses import replace
from functools import cache

from textnlp.topology.services import BREAK_GLASS_ROUTING, VPN
from textnlp_infra.environments import environment
from textnlp_infra.stacks.edge import Edge
from textnlp_infra.stacks.foundation import build_foundation
from textnlp_infra.stacks.platform import build_platform


@cache
def edge(name: str = "prod", *, has_options: bool = False) -> Edge:
    """Return the edge of an environment, without or with the services that may be left out."""
    known = environment(name)
    if has_options:
        known = replace(known, optional_services=frozenset({BREAK_GLASS_ROUTING, VPN}))
    return build_platform(known, build_foundation(known)).edge
