from array import array
from datetime import date
from decimal import Decimal

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.application.metered_embeddings import MeteredEmbeddings
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.identifiers import BudgetId
from textnlp.domain.routing.model import Deployment, DeploymentShare, ModelAlias, ModelCatalog, TokenPrices
from textnlp.domain.usage.account import Account
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetScope, BudgetUnit
from textnlp.domain.usage.price import PriceTable
from textnlp.domain.usage.totals import Grouping, UsageTotal

ACCOUNT = Account(tenant="acme", caller="ann", route="embeddings")
REQUEST = EmbeddingRequest(model="near", inputs=("x" * 400,))
PRICES = TokenPrices(input=Decimal(10), output=Decimal(0), cached_input=Decimal(10))
CATALOG = ModelCatalog(
    deployments={"east": Deployment(name="east", model="m", prices=PRICES)},
    aliases={"near": ModelAlias(name="near", tiers=((DeploymentShare(name="east"),),))},
)


class Answering(ScriptedEmbeddings):
    """Answers as it is told."""

    def __init__(self, answer: Embeddings | TextNLPError) -> None:
        super().__init__()
        self.answer = answer

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        await super().embed(request)
        if isinstance(self.answer, TextNLPError):
            raise self.answer
        return self.answer


class Charged:
    """An engine behind a meter, and what the ledger says afterwards."""

    def __init__(self, answer: Embeddings | TextNLPError) -> None:
        self.clock = ManualClock()
        self.ledger = MemoryUsageLedger()
        self.recorder = UsageRecorder(self.ledger, clock=self.clock)
        self.used: list[Usage] = []
        self.behind = Answering(answer)
        self.engine = MeteredEmbeddings(
            self.behind,
            account=ACCOUNT,
            recorder=self.recorder,
            prices=PriceTable(catalog=CATALOG),
            clock=self.clock,
            on_usage=self.used.append,
        )

    async def total(self) -> UsageTotal:
        await self.recorder.aclose()
        now = self.clock.now()
        (total,) = await self.ledger.totals(
            "acme", group_by=Grouping.MODEL, since=now.replace(hour=0), until=now.replace(hour=23)
        )
        return total


def answered(usage: Usage = NO_USAGE) -> Embeddings:
    return Embeddings(vectors=(array("f", [1.0]),), model="m-2026", usage=usage, deployment="east")


async def test_a_call_is_charged_at_the_price_of_the_deployment_under_the_name_that_was_asked() -> None:
    charged = Charged(answered(Usage(prompt_tokens=90)))
    await charged.engine.embed(REQUEST)
    total = await charged.total()
    assert (total.key, total.calls, total.cost) == ("near", 1, Decimal("0.0009"))
    assert total.usage == Usage(prompt_tokens=90)
    assert charged.used == [Usage(prompt_tokens=90)]


async def test_an_answer_without_usage_counts_by_its_characters() -> None:
    charged = Charged(answered())
    await charged.engine.embed(REQUEST)
    assert (await charged.total()).usage == Usage(prompt_tokens=100)


async def test_a_call_that_fails_costs_nothing_and_is_counted() -> None:
    charged = Charged(TextNLPError("It went wrong.", kind=ErrorKind.UNAVAILABLE))
    with pytest.raises(TextNLPError):
        await charged.engine.embed(REQUEST)
    total = await charged.total()
    assert (total.failed, total.usage, total.cost) == (1, NO_USAGE, 0)


async def test_a_budget_that_the_alias_would_exceed_lets_no_call_through() -> None:
    charged = Charged(answered())
    budget = Budget(
        id=BudgetId("budget_1"),
        tenant="acme",
        scope=BudgetScope.TENANT,
        value="acme",
        period=BudgetPeriod.DAILY,
        unit=BudgetUnit.USD,
        limit=Decimal("0.0009"),
    )
    await charged.ledger.set_budget(budget, now=charged.clock.now())
    with pytest.raises(TextNLPError) as caught:
        await charged.engine.embed(REQUEST)
    assert caught.value.kind is ErrorKind.LIMIT_REACHED
    assert charged.behind.calls == 0


def test_a_price_is_known_for_the_alias_beforehand() -> None:
    price = PriceTable(catalog=CATALOG).find("near", on=date(2026, 1, 5))
    assert price is not None
    assert price.prompt == 10
