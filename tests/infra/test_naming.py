import pytest

from textnlp.domain.errors import TextNLPError
from textnlp_infra.naming import RULES, require_suffix, resource_name

_STORAGE = "Microsoft.Storage/storageAccounts"
_VAULT = "Microsoft.KeyVault/vaults"


def test_a_name_says_what_it_is_of_which_environment_and_where() -> None:
    name = resource_name("Microsoft.Network/virtualNetworks", environment="prod", region="eastus2", suffix="a1")
    assert name == "vnet-textnlp-prod-eus2"


def test_only_a_global_name_ends_with_the_suffix() -> None:
    assert resource_name(_VAULT, environment="prod", region="eastus2", suffix="a1b2") == "kv-nlp-prod-eus2-a1b2"


def test_a_name_without_hyphens_is_joined() -> None:
    name = resource_name(_STORAGE, environment="prod", region="eastus2", part="archive", suffix="a1b2")
    assert name == "stnlpprodeus2archivea1b2"


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match=r"has 27 characters, 3 to 24 are allowed; choose a shorter part"):
        resource_name(_STORAGE, environment="prod", region="eastus2", part="generations", suffix="abc")


def test_a_type_without_a_rule_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no rule names a 'Contoso.Things/widgets'"):
        resource_name("Contoso.Things/widgets", environment="prod")


@pytest.mark.parametrize(
    ("kind", "name", "problem"),
    [
        (_STORAGE, "stTextnlp", "lower case"),
        (_VAULT, "kv-nlp-", "ends with a hyphen"),
        (_VAULT, "kv nlp", "other characters"),
        (_VAULT, "kv", "has 2 characters"),
    ],
)
def test_what_azure_refuses_has_a_problem(kind: str, name: str, problem: str) -> None:
    assert problem in (RULES[kind].problem(name) or "")


@pytest.mark.parametrize("suffix", ["A1", "abcde", "a-b"])
def test_a_suffix_that_names_cannot_end_with_is_refused(suffix: str) -> None:
    with pytest.raises(TextNLPError, match="at most four lower case letters and digits"):
        require_suffix(suffix)


@pytest.mark.parametrize("kind", RULES)
def test_every_type_can_be_named_in_every_environment_and_region(kind: str) -> None:
    for environment, region in (("prod", "eastus2"), ("prod", "centralus"), ("dev", "eastus2")):
        resource_name(kind, environment=environment, region=region, suffix="a1b2")
