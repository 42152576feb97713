import pytest
from tools.package_licences import EXCEPTIONS, Package, is_allowed, packages

from tests.architecture.source_tree import require_none


def package(licence: str, name: str = "somebody") -> Package:
    return Package(name=name, licence=licence, is_direct=True)


def test_every_package_is_under_a_licence_that_is_allowed() -> None:
    installed = packages()
    require_none(
        (f"{each.name}: {each.licence}" for each in installed if not is_allowed(each)), "see package_licences.py"
    )
    assert set(EXCEPTIONS) <= {each.name for each in installed}, "an exception for what is not there any more"


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0 AND MIT", "GPL-3.0-only OR MIT", "(MIT OR GPL-2.0-only)"])
def test_what_may_be_used_in_any_way_is_allowed(licence: str) -> None:
    assert is_allowed(package(licence))


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "MIT AND GPL-3.0-only", "LGPL-3.0-only", "Proprietary", "unknown", "SSPL-1.0"]
)
def test_what_binds_whoever_uses_it_is_not(licence: str) -> None:
    assert not is_allowed(package(licence))


def test_an_exception_is_one_for_that_licence_of_that_package_alone() -> None:
    assert is_allowed(package("LGPL-3.0-only", "psycopg"))
    assert not is_allowed(package("AGPL-3.0-only", "psycopg"))
