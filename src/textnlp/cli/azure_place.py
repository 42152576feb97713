"""Where the commands of Azure work: an environment, its stacks, and a subscription."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textnlp.cli.azure_subscription import named_subscription, opened_azure
from textnlp_infra.checks.estate_check import templates
from textnlp_infra.deploy.arguments import Given, stack_templates
from textnlp_infra.deploy.stack_template import StackTemplate
from textnlp_infra.deploy.subscription import Subscription
from textnlp_infra.environments import Environment
from textnlp_infra.expansion.expander import samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is deployed, and where to; `poll_seconds` is the time between two looks at Azure."""

    environment: Environment
    subscription: str
    stacks: tuple[StackTemplate, ...]
    poll_seconds: float

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[Subscription]:
        """Open the subscription as whoever this process is."""
        async with opened_azure(self.subscription, poll_seconds=self.poll_seconds) as azure:
            yield azure


def place_of(known: Environment, subscription: str | None, given: Given | None, poll_seconds: float) -> Place:
    """Return the place; without `given`, samples stand for the values of parameters.

    Raises `INVALID_INPUT` where no subscription is named, and what `stack_templates` does.
    """
    subscription_id = named_subscription(subscription)
    written, location = templates(known), known.primary.name
    if given is None:
        stacks = tuple(
            StackTemplate(environment=known.name, name=name, location=location, template=item, arguments=samples(item))
            for name, item in written.items()
        )
    else:
        stacks = stack_templates(written, given, environment=known.name, location=location)
    return Place(environment=known, subscription=subscription_id, stacks=stacks, poll_seconds=poll_seconds)
