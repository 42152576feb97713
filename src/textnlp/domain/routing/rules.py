"""Which deployment is asked first, and which ones after it."""

import hashlib
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import GenerationRequest
from textnlp.domain.routing.model import AliasDeclaration, DeploymentShare, ModelAlias, Stickiness, Tier

_HASHES = 1 << 64
_KEY_BYTES = 16


def deployments_in_order(alias: ModelAlias, *, key: bytes, wait_seconds: Callable[[str], float]) -> list[str]:
    """Return every deployment of an alias, in the order in which a call with `key` asks them.

    Those that need no waiting come first: tier after tier, and within a tier by weighted rendezvous hashing, so that
    the same key meets the same order, each deployment is first for its part of all keys, and where one has to be
    skipped only its own keys move (Thaler and Ravishankar, 1998; with weights, Schindelhauer and Schomaker, 2005).
    Those that must be waited for come last, and the one that is ready soonest at the very end, where a call stays.
    """
    ordered = [share.name for tier in alias.tiers for share in sorted(tier, key=lambda share: _rank(share, key))]
    waits = {name: wait_seconds(name) for name in ordered}
    ready = [name for name in ordered if waits[name] <= 0]
    return ready + sorted((name for name in ordered if waits[name] > 0), key=lambda name: -waits[name])


def sticky_key(alias: ModelAlias, request: GenerationRequest) -> bytes | None:
    """Return what decides the order for a request, None where chance shall decide.

    A row of a batch brings its own key. Any other request has one where it has a seed: the seed and the conversation
    together, so that the same question gets its repeatable answer from the same deployment, while a seed that all
    requests share does not send them all to one.
    """
    if alias.stickiness is Stickiness.NONE:
        return None
    if request.sticky_key is not None:
        return request.sticky_key.encode("utf-8", "surrogatepass")
    if request.parameters.seed is None:
        return None
    digest = hashlib.blake2b(str(request.parameters.seed).encode(), digest_size=_KEY_BYTES)
    for message in request.messages:
        digest.update(b"\0" + message.content.encode("utf-8", "surrogatepass"))
    return digest.digest()


def resolve_aliases(declared: Iterable[AliasDeclaration], *, deployments: Collection[str]) -> dict[str, ModelAlias]:
    """Put every alias's fallbacks into tiers, an alias among them as the tiers that it has itself.

    A deployment that stands in several tiers stays in the first. Raises `INVALID_INPUT` whose field is the place in
    the declaration, such as `models.chat.fallback[1]`: for a name that is no deployment, or no alias either; for an
    alias that has the name of a deployment; for aliases that fall back on each other in a circle.
    """
    known = {alias.name: alias for alias in declared}
    for name in known:
        if name in deployments:
            raise invalid_input(f"The alias {name!r} has the name of a deployment.", field=f"models.{name}")
    return {name: _resolved(alias, known, deployments) for name, alias in known.items()}


def _resolved(
    alias: AliasDeclaration, known: Mapping[str, AliasDeclaration], deployments: Collection[str]
) -> ModelAlias:
    seen: set[str] = set()
    tiers: list[Tier] = []
    for tier in _tiers(alias, known, deployments, path=(alias.name,)):
        fresh = tuple(share for share in tier if share.name not in seen)
        seen.update(share.name for share in fresh)
        if fresh:
            tiers.append(fresh)
    return ModelAlias(name=alias.name, tiers=tuple(tiers), stickiness=alias.stickiness, defaults=alias.defaults)


def _tiers(
    alias: AliasDeclaration,
    known: Mapping[str, AliasDeclaration],
    deployments: Collection[str],
    *,
    path: tuple[str, ...],
) -> Iterator[Tier]:
    place = f"models.{alias.name}"
    for index, share in enumerate(alias.deployments):
        if share.name not in deployments:
            message = f"{share.name!r} is no deployment. Known are {', '.join(sorted(deployments))}."
            raise invalid_input(message, field=f"{place}.deployments[{index}].name")
    yield alias.deployments
    for index, name in enumerate(alias.fallback):
        field = f"{place}.fallback[{index}]"
        if name in path:
            raise invalid_input(f"{' → '.join((*path, name))} is a circle.", field=field)
        if name in deployments:
            yield (DeploymentShare(name=name),)
        elif name in known:
            yield from _tiers(known[name], known, deployments, path=(*path, name))
        else:
            raise invalid_input(f"{name!r} is neither a deployment nor an alias.", field=field)


def _rank(share: DeploymentShare, key: bytes) -> float:
    """Draw an exponentially distributed waiting time from name and key; the shortest is first.

    Of independent exponential times, each is the shortest with the probability of its rate's share.
    """
    hashed = hashlib.blake2b(share.name.encode() + b"\0" + key, digest_size=8).digest()
    return -math.log((int.from_bytes(hashed, "big") + 0.5) / _HASHES) / share.weight
