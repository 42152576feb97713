"""`textnlp azure advice` and `reservations`, against a stand-in of Azure Resource Manager."""

import json
import re
import shlex
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.azure_caller import Caller, calling_azure
from tests.architecture.source_tree import ROOT
from tests.doubles.resource_manager import SUBSCRIPTION
from textnlp.cli.commands.azure_advice import advice
from textnlp.cli.commands.azure_reservations import reservations
from textnlp.cli.main import command_group
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp_infra.deploy.subscription import RefusedError

_PAGE = ROOT / "docs" / "how-to" / "keep-azure-cheap.md"
_PLACE = f"/subscriptions/{SUBSCRIPTION}"
_MACHINES = f"{_PLACE}/resourceGroups/rg-textnlp-prod-eus2-nodes/providers/Microsoft.Compute/virtualMachineScaleSets"
_SERVER = (
    f"{_PLACE}/resourceGroups/rg-textnlp-prod-eus2-platform/providers"
    "/Microsoft.DBforPostgreSQL/flexibleServers/psql-textnlp-prod-eus2"
)
_PRICES = {"Standard_D4ds_v5": 2_000, "Standard_D8ds_v5": 4_000}


@pytest.fixture
async def caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncGenerator[Caller]:
    async with calling_azure(tmp_path, monkeypatch, capsys) as caller:
        caller.manager.savings.prices = dict(_PRICES)
        yield caller


async def test_advice_is_printed_with_our_names_and_the_monthly_saving_greatest_first(caller: Caller) -> None:
    savings = caller.manager.savings
    savings.recommend(f"{_MACHINES}/aks-cpu-1-vmss", "Shrink it", annualSavingsAmount="600", savingsCurrency="USD")
    savings.recommend(_SERVER, "Right-size it", savingsAmount="83.2", savingsCurrency="USD", targetSku="D4ds_v5")
    savings.recommend(_SERVER, "Spread it over zones", category="HighAvailability")
    savings.recommend(_PLACE, "Buy a savings plan")
    savings.recommend(f"{_PLACE}/resourceGroups/rg-other/providers/A.B/c/d", "Not ours", savingsAmount="9999")
    code, out, _ = await caller.run(partial(advice, as_json=True))
    found = json.loads(out)
    assert code == 0
    assert [(each["says"], each["monthly_saving"]) for each in found] == [
        ("Right-size it", 83.2),
        ("Shrink it", 50.0),
        ("Buy a savings plan", None),
    ]
    assert [each["component"] for each in found] == ["database-eastus2", "cluster", None]
    assert [line for line in caller.manager.requests if "Advisor" in line] == [
        f"GET {_PLACE}/providers/Microsoft.Advisor/recommendations"
    ] * 2


async def test_people_read_what_makes_each_resource_what_to_do_and_the_sum(caller: Caller) -> None:
    savings = caller.manager.savings
    savings.recommend(
        _SERVER, "Right-size it", annualSavingsAmount="1200", savingsCurrency="USD", targetSku="Standard_D4ds_v5"
    )
    savings.recommend(f"{_MACHINES}/aks-cpu-1-vmss", "Shrink it")
    _, out, _ = await caller.run(advice)
    assert out.splitlines() == [
        "psql-textnlp-prod-eus2 (database-eastus2 makes it): saves 100 USD a month, impact medium",
        "  Right-size it (Standard_D4ds_v5)",
        "aks-cpu-1-vmss (cluster makes it): saves an unknown amount, impact medium",
        "  Shrink it",
        "Together it saves 100 USD a month, as far as Advisor tells.",
        "What a template makes is changed in environments.py or the topology, and deployed.",
    ]


async def test_an_environment_that_nothing_is_said_of_is_told_so(caller: Caller) -> None:
    _, out, _ = await caller.run(partial(advice, env="dev"))
    assert out == "Advisor recommends nothing that would make dev cheaper.\n"


async def test_a_listing_that_goes_on_elsewhere_is_not_followed_with_a_token(caller: Caller) -> None:
    savings = caller.manager.savings
    for number in range(3):
        savings.recommend(_SERVER, f"advice {number}")
    savings.goes_to = "https://elsewhere.example/next"
    with pytest.raises(TextNLPError, match="continues a listing at another address") as caught:
        await caller.run(advice)
    assert caught.value.kind is ErrorKind.UNAVAILABLE


async def test_without_a_word_more_nothing_is_asked_and_nothing_bought(caller: Caller) -> None:
    code, out, _ = await caller.run(reservations)
    assert code == 0
    assert "70% of the steady machines of prod, for 3 years" in out
    assert caller.manager.requests == []


async def test_a_quote_says_what_is_to_pay_and_buys_nothing(caller: Caller) -> None:
    _, out, _ = await caller.run(partial(reservations, quote=True))
    assert "2 Standard_D8ds_v5 in centralus: 8,000.00 USD for P3Y" in out
    assert len(caller.manager.savings.quoted) == 4
    assert caller.manager.savings.held == []


async def test_nothing_is_bought_where_nobody_can_be_asked(caller: Caller) -> None:
    with pytest.raises(TextNLPError, match=r"Nobody is at a terminal to be asked whether 24,000\.00 USD are"):
        await caller.run(partial(reservations, purchase=True))
    assert caller.manager.savings.held == []


async def test_what_was_confirmed_is_bought_once(caller: Caller) -> None:
    _, out, _ = await caller.run(partial(reservations, purchase=True, yes=True))
    held = caller.manager.savings.held
    assert [(item["sku"]["name"], item["location"], item["properties"]["quantity"]) for item in held] == [
        ("Standard_D4ds_v5", "eastus2", 2),
        ("Standard_D8ds_v5", "eastus2", 2),
        ("Standard_D4ds_v5", "centralus", 2),
        ("Standard_D8ds_v5", "centralus", 2),
    ]
    assert out.count("is Creating") == 4
    _, out, _ = await caller.run(partial(reservations, purchase=True, yes=True))
    assert out.endswith("All of it is held already.\n")
    assert len(held) == 4


async def test_only_what_is_missing_is_bought(caller: Caller) -> None:
    await caller.run(partial(reservations, purchase=True, yes=True))
    held = caller.manager.savings.held
    held[0]["properties"]["quantity"] = 1
    held[1]["properties"]["provisioningState"] = "Expired"
    del held[2:]
    _, out, _ = await caller.run(partial(reservations, quote=True))
    assert [line.partition(":")[0] for line in out.splitlines() if " USD for " in line] == [
        "1 Standard_D4ds_v5 in eastus2",
        "2 Standard_D8ds_v5 in eastus2",
        "2 Standard_D4ds_v5 in centralus",
        "2 Standard_D8ds_v5 in centralus",
    ]


async def test_the_commands_of_the_page_do_what_it_says(caller: Caller) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", _PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("textnlp azure ")]
    assert len(lines) == 5
    for line in lines:
        words = [*shlex.split(line)[1:], *(["--yes"] if "--buy" in line else [])]
        code, out, told = await caller.run(partial(command_group(), words, prog_name="textnlp"))
        assert (code, bool(out)) == (0, True), told
    assert len(caller.manager.savings.held) == 4


async def test_what_azure_refuses_ends_it_before_anything_is_bought(caller: Caller) -> None:
    del caller.manager.savings.prices["Standard_D8ds_v5"]
    with pytest.raises(RefusedError, match="InvalidSku: 'Standard_D8ds_v5' cannot be reserved in eastus2"):
        await caller.run(partial(reservations, purchase=True, yes=True))
    assert caller.manager.savings.held == []
