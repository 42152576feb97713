"""Seeds of generators, each derived from what it is for."""

import hashlib

import numpy as np

_SEED_BITS = 63


def derived_seed(*parts: object) -> int:
    """Return a seed of 63 bits that follows from the parts as text, and from nothing else.

    BLAKE2b keeps seeds of different parts apart, so that no two columns are drawn alike.
    """
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _SEED_BITS)


def generator_of(*parts: object) -> np.random.Generator:
    """Return a generator that is seeded with the parts."""
    return np.random.Generator(np.random.PCG64(derived_seed(*parts)))
