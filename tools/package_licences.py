"""The licences of all packages that the platform stands on, as their metadata says them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from types import MappingProxyType

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_OWN = "textnlp"
_OPERATORS = frozenset({"AND", "OR", "WITH"})
_WORD = re.compile(r"[^\s()]+")
_LONGEST = 60

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0", "Zlib"),
        "MPL-2.0",
    }
)
"""Licences that let the platform be used and handed on in any way, MPL-2.0 as long as the package's files stay as they
are."""

EXCEPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "psycopg": "LGPL-3.0-only",
        "psycopg-binary": "LGPL-3.0-only",
        "psycopg-pool": "LGPL-3.0-only",
    }
)
"""Packages under a further licence, which is met because they are installed as they are and can be replaced."""

_MEANT: Mapping[str, str] = MappingProxyType(
    {
        "Apache 2.0": "Apache-2.0",
        "3-Clause BSD License": "BSD-3-Clause",
        "ISC License": "ISC",
        "MIT License": "MIT",
        "License :: OSI Approved :: Apache Software License": "Apache-2.0",
        "License :: OSI Approved :: BSD License": "BSD-3-Clause",
        "License :: OSI Approved :: MIT License": "MIT",
    }
)
"""What metadata of before PEP 639 says, as SPDX has it; of BSD's licences the stricter one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package and its licence.

    Attributes:
        licence: an SPDX expression, or what the metadata says where that is none.
        is_direct: whether the platform itself asks for it.
    """

    name: str
    licence: str
    is_direct: bool


def packages() -> list[Package]:
    """Return the platform's dependencies with all extras and what they depend on, by name.

    All of them must be installed, as `make` does; those of other operating systems are none.
    """
    extras = distribution(_OWN).metadata.get_all("Provides-Extra") or []
    direct = {canonicalize_name(each.name) for each in _required(_OWN, extras)}
    found: dict[str, frozenset[str]] = {}
    waiting = [(_OWN, frozenset(extras))]
    while waiting:
        name, wanted = waiting.pop()
        known = found.get(name)
        if known is None or not wanted <= known:
            found[name] = wanted | (known or frozenset())
            waiting += [(canonicalize_name(each.name), frozenset(each.extras)) for each in _required(name, wanted)]
    return [
        Package(name=name, licence=licence_of(name), is_direct=name in direct) for name in sorted(found) if name != _OWN
    ]


def licence_of(name: str) -> str:
    """Return the licence of an installed package."""
    metadata = distribution(name).metadata
    told = [metadata.get("License-Expression") or "", (metadata.get("License") or "").partition("\n")[0]]
    told += [each for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")]
    for text in filter(None, told):
        try:
            return canonicalize_license_expression(_MEANT.get(text, text))
        except InvalidLicenseExpression:
            continue
    return next(filter(None, told), "unknown")[:_LONGEST]


def is_allowed(package: Package) -> bool:
    """Whether a package may be depended on: one of several licences will do where they are alternatives."""
    if EXCEPTIONS.get(package.name) == package.licence:
        return True
    names = [word for word in _WORD.findall(package.licence) if word not in _OPERATORS]
    check = any if " OR " in package.licence and " AND " not in package.licence else all
    return check(name in ALLOWED for name in names)


def _required(name: str, extras: Collection[str]) -> Iterator[Requirement]:
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement
