import pytest

from tests.doubles.resource_manager import SUBSCRIPTION, Refusal
from tests.infra.deploy.conftest import Azure
from tests.infra.deploy.small_stack import small_stack
from textnlp.adapters.azure_identity.token_credential import TokenCredential
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.access_tokens import AccessToken
from textnlp_infra.deploy.arm_subscription import opened_subscription
from textnlp_infra.deploy.subscription import RefusedError


class _NoTokens:
    """Satisfies the port for whoever has no identity."""

    async def token(self, scope: str) -> AccessToken:
        raise TextNLPError(f"no token for {scope}", kind=ErrorKind.UNAUTHENTICATED)

    async def aclose(self) -> None:
        """Have nothing to close."""


_NOBODY = TokenCredential(_NoTokens())


async def test_an_address_without_tls_is_refused_before_a_token_is_asked_for() -> None:
    with pytest.raises(TextNLPError, match="no address with https"):
        async with opened_subscription("http://localhost:1", SUBSCRIPTION, _NOBODY, poll_seconds=0):
            pass


async def test_whoever_has_no_token_is_told_so() -> None:
    async with opened_subscription("https://localhost:1", SUBSCRIPTION, _NOBODY, poll_seconds=0) as client:
        with pytest.raises(TextNLPError, match=r"no token for https://localhost:1/\.default") as caught:
            await client.deployment("any")
    assert caught.value.kind is ErrorKind.UNAUTHENTICATED


async def test_the_librarys_own_polling_ends_with_the_deployment(azure: Azure) -> None:
    stack = small_stack()
    body = {"location": "eastus2", "properties": {"mode": "Incremental", "template": dict(stack.template)}}
    deployments = azure.client.deployments.deployments
    poller = await deployments.begin_create_or_update_at_subscription_scope(stack.deployment, body)  # pyright: ignore[reportCallIssue,reportArgumentType,reportUnknownVariableType]  a plain document
    await poller.result()  # pyright: ignore[reportUnknownMemberType]
    record = await azure.client.deployment(stack.deployment)
    assert record is not None
    assert (record.state, record.digest) == ("Succeeded", None)


async def test_an_error_inside_a_message_is_read(azure: Azure) -> None:
    azure.subscription.refuses["stfirst"] = Refusal("Taken", "The name is taken.")
    stack = small_stack()
    await azure.client.begin(stack)
    while not ((record := await azure.client.deployment(stack.deployment)) and record.is_over):
        pass
    assert record.fault is not None
    assert [line.strip().partition(" ")[0] for line in record.fault.lines()] == [
        "DeploymentFailed",
        "DeploymentFailed",
        "Taken:",
    ]


async def test_what_is_gone_may_be_deleted_and_a_refusal_is_told(azure: Azure) -> None:
    await azure.client.forget("none")
    await azure.client.delete_group("rg-none")
    await azure.client.delete_resource(f"/subscriptions/{SUBSCRIPTION}/providers/A.B/c/x", "1")
    azure.manager.entra.key = type(azure.manager.entra.key).generate_key(2048)
    with pytest.raises(RefusedError, match="InvalidAuthenticationToken"):
        await azure.client.deployment("any")


async def test_operations_are_listed_however_many_pages_they_fill(azure: Azure) -> None:
    stack = small_stack()
    await azure.client.begin(stack)
    await azure.manager.idle()
    azure.manager.page_size = 1
    azure.manager.requests.clear()
    listed = [operation.resource_id.rpartition("/")[2] for operation in await azure.client.operations(stack.deployment)]
    assert sorted(listed) == ["lock-first", "rg-first", "stfirst", "unit-first"]
    assert len([request for request in azure.manager.requests if request.endswith("/operations")]) == 4
