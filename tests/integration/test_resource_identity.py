"""Content Safety asked by tokens that are renewed, and by keys that are changed."""

import contextlib
from collections.abc import AsyncGenerator

import pytest

from tests.doubles.access_tokens import HandedTokens
from tests.doubles.content_safety import ContentSafetyDouble
from tests.doubles.secret_source import HeldSecrets
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.row_operators.content_safety_service import ContentSafetyResource, ContentSafetyService
from textnlp.adapters.row_operators.resource_identity import ResourceIdentity, SecretIdentity, TokenIdentity
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.outside_checks import ContentSafetyCheck
from textnlp.ports.access_tokens import COGNITIVE_SERVICES

CHECK = ContentSafetyCheck.model_validate({"kind": "content_safety", "column": "a"})


@contextlib.asynccontextmanager
async def asking(double: ContentSafetyDouble, identity: ResourceIdentity) -> AsyncGenerator[ContentSafetyService]:
    resource = ContentSafetyResource(endpoint=double.endpoint, identity=identity)
    service = ContentSafetyService(resource, clock=SystemClock())
    yield service
    await service.aclose()


async def test_every_request_shows_the_token_of_the_moment() -> None:
    tokens = HandedTokens(SystemClock())
    async with ContentSafetyDouble() as double, asking(double, TokenIdentity(tokens)) as service:
        for _ in range(2):
            tokens.renew()
            double.token = (await tokens.token(COGNITIVE_SERVICES)).value
            assert (await service.ask(["hate-5"], check=CHECK))[0].severities["Hate"] == 5

    assert double.requests == 2


async def test_a_process_without_an_identity_is_told_so() -> None:
    tokens = HandedTokens(SystemClock())
    tokens.failure = TextNLPError("This process cannot sign in to Azure.", kind=ErrorKind.UNAUTHENTICATED)
    async with ContentSafetyDouble() as double, asking(double, TokenIdentity(tokens)) as service:
        with pytest.raises(TextNLPError, match="cannot sign in"):
            await service.ask(["all well"], check=CHECK)

    assert double.requests == 0


async def test_a_key_that_was_changed_is_read_again_and_no_text_is_left_out() -> None:
    secrets = HeldSecrets(safety="first-key")
    async with (
        ContentSafetyDouble(key="first-key") as double,
        asking(double, SecretIdentity(secrets, "safety")) as service,
    ):
        await service.ask(["all well"], check=CHECK)
        double.key = secrets.values["safety"] = "second-key"
        found = await service.ask(["hate-5", "hate-3"], check=CHECK)
        secrets.values["safety"] = double.key + "\n"
        secrets.forget("safety")
        with pytest.raises(TextNLPError, match="no HTTP header"):
            await service.ask(["all well"], check=CHECK)

    assert [each.severities["Hate"] for each in found] == [5, 3]


async def test_a_wrong_key_is_refused_after_one_more_look() -> None:
    secrets = HeldSecrets(safety="wrong-key")
    async with ContentSafetyDouble() as double, asking(double, SecretIdentity(secrets, "safety")) as service:
        with pytest.raises(TextNLPError) as caught:
            await service.ask(["all well"], check=CHECK)

    assert caught.value.kind is ErrorKind.UNAUTHENTICATED
    assert (double.requests, secrets.reads) == (1, 2)
