import json

import pytest

from textnlp.cli.commands.azure_cost import cost
from textnlp.topology.cost import COST


def test_the_estimate_is_compared_with_the_budget(capsys: pytest.CaptureFixture[str]) -> None:
    cost(env="prod")
    told = " ".join(capsys.readouterr().out.split())
    assert f"{COST.monthly_budget:,}" in told
    assert "No price is known of:" in told
    assert "Not estimated:" in told
    assert "70% of the steady machines reserved for 3 years, and Spot where it is used" in told
    assert "Reservations save an unknown amount a month, and Spot 767" in told


def test_scripts_get_amounts_and_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    cost(env="dev", as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["budget"] == COST.monthly_budget
    unknown = {line["meter"] for line in document["lines"] if line["expected"] is None}
    assert unknown == set(document["unknown_prices"])
    assert document["known_total"]["low"] <= document["known_total"]["high"]
