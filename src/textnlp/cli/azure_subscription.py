"""The subscription of Azure that a command is about, and the way there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from textnlp.bootstrap.azure_wiring import azure_credential
from textnlp.domain.errors import invalid_input
from textnlp.settings import read_settings
from textnlp_infra.deploy.arm_subscription import ArmSubscription, opened_subscription


def named_subscription(given: str | None) -> str:
    """Return the id of the subscription that was given, or that the settings name; raise `INVALID_INPUT` for none."""
    named = read_settings(azure_subscription=given).azure_subscription
    if named is None:
        raise invalid_input("which subscription? give --subscription or AZURE_SUBSCRIPTION_ID", field="subscription")
    return named


@asynccontextmanager
async def opened_azure(subscription_id: str, *, poll_seconds: float = 1.0) -> AsyncGenerator[ArmSubscription]:
    """Open the subscription as whoever is signed in, for as long as the block lasts."""
    async with (
        azure_credential() as credential,
        opened_subscription(
            read_settings().resource_manager, subscription_id, credential, poll_seconds=poll_seconds
        ) as azure,
    ):
        yield azure
