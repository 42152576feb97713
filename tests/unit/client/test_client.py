import contextlib
import inspect
import re
import tracemalloc
from collections.abc import AsyncGenerator, Callable, Generator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import msgspec
import pytest
from msgspec import inspect as shapes
from tools.client_document import Operation, operations

from tests.factories.scripted_http import ScriptedHttp, problem
from tests.factories.served_platform import async_transport, portal_transport
from textnlp.api.app import ROUTES
from textnlp.api.openapi_document import openapi_document
from textnlp.client import AsyncClient, Client
from textnlp.client.batches import BatchCreate, BatchRead, BatchState, ProgressRead
from textnlp.client.budgets import BudgetCreate, BudgetPeriod, BudgetUnit
from textnlp.client.generations import GenerationCreate, SamplingParameters
from textnlp.client.openai_chat import ChatCompletionCreate, ChatMessageCreate
from textnlp.client.usage import Grouping
from textnlp.domain.errors import ErrorKind, TextNLPError

DOCUMENT = openapi_document(ROUTES)
OPERATIONS = operations(DOCUMENT)


@pytest.fixture
def client() -> Generator[Client]:
    with portal_transport() as transport, Client(http_transport=transport) as made:
        yield made


@pytest.fixture
async def async_client() -> AsyncGenerator[AsyncClient]:
    async with async_transport() as transport, AsyncClient(http_transport=transport) as made:
        yield made


_SIMPLE: dict[type[shapes.Type], Any] = {
    shapes.IntType: 1,
    shapes.FloatType: 0.5,
    shapes.BoolType: True,
    shapes.DecimalType: Decimal("1.5"),
    shapes.DictType: {"x": "x"},
}


def sample(kind: shapes.Type) -> Any:
    """Return a value of a type, with no more than it must have."""
    if isinstance(kind, shapes.StructType):
        return kind.cls(**{field.name: sample(field.type) for field in kind.fields if field.required})
    if isinstance(kind, shapes.EnumType):
        return next(iter(kind.cls))
    if isinstance(kind, shapes.LiteralType):
        return kind.values[0]
    if isinstance(kind, shapes.UnionType):
        return sample(kind.types[0])
    return [sample(kind.item_type)] if isinstance(kind, shapes.ListType) else _SIMPLE.get(type(kind), "x")


def arguments(operation: Operation, method: Callable[..., Any], file: Path) -> dict[str, Any]:
    """Return something for every parameter of a method."""
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if name in operation.path_names:
            given[name] = f"a {name}/b"
        elif name == "file":
            given[name] = file
        elif name == "body":
            given[name] = sample(shapes.type_info(parameter.annotation))
        elif name == "form" and not operation.has_file:
            shape = shapes.type_info(parameter.annotation)
            names = [field.name for field in shape.fields] if isinstance(shape, shapes.StructType) else ["scope"]
            given[name] = msgspec.convert(dict.fromkeys(names, "x"), parameter.annotation)
        elif name in {each.argument for each in operation.query}:
            given[name] = "x"
    return given


async def called(client: AsyncClient | Client, operation: Operation, file: Path) -> None:
    """Call a method of a client whose platform refuses everything."""
    method = getattr(getattr(client, operation.resource), operation.name)
    answer = None
    try:
        answer = method(**arguments(operation, method, file))
        if inspect.isawaitable(answer):
            await answer
        else:
            assert await anext(answer) if inspect.isasyncgen(answer) else next(answer)
    except TextNLPError as error:
        assert error.facts.status_code == 418  # noqa: PT017  what raises is one of four ways to call
    else:
        pytest.fail("it was not refused")


def require_route(operation: Operation, request: httpx.Request, body: bytes) -> None:
    """Fail where a request is not what the document says of its route."""
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]
    path = "/".join(f"a%20{part[1:-1]}%2Fb" if part.startswith("{") else part for part in operation.path.split("/"))
    assert (request.method, request.url.raw_path.split(b"?")[0].decode()) == (operation.method, path)
    in_query = {each["name"] for each in described.get("parameters", []) if each["in"] == "query"}
    assert set(request.url.params) == {*operation.fixed, *(each.name for each in operation.query)}
    assert set(request.url.params) <= in_query
    answers = {
        kind for status, each in described["responses"].items() if status < "3" for kind in each.get("content", {})
    }
    assert request.headers["accept"] in answers or not operation.accept
    content = described.get("requestBody", {}).get("content", {})
    kind = request.headers.get("content-type", "").partition(";")[0]
    assert kind in content or not content
    if kind == "application/json":
        document = msgspec.json.decode(body)
        assert operation.members.items() <= document.items()
        schema = {**content[kind]["schema"], "components": DOCUMENT["components"]}
        jsonschema_rs.validator_for(schema).validate(document)
    if operation.has_file:
        assert re.search(rb'name="file"; filename="prompts.txt"', body)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.resource}.{each.name}")
@pytest.mark.parametrize("is_async", [False, True], ids=["blocking", "async"])
async def test_every_method_asks_its_route_for_what_the_document_says(
    operation: Operation, *, is_async: bool, tmp_path: Path
) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("One\n")
    http = ScriptedHttp(problem(418, "conflict"))
    if is_async:
        async with AsyncClient(http_transport=http.transport) as client:
            await called(client, operation, file)
    else:
        with Client(http_transport=http.transport) as client:
            await called(client, operation, file)
    require_route(operation, http.requests[0], http.bodies[0])


def test_every_route_has_a_method_but_those_of_azure_and_of_browsers() -> None:
    left_out = {
        f"{method} {path}"
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if not path.startswith("/openai/")
        and (path, method.upper()) not in {(each.path, each.method) for each in OPERATIONS}
    }
    pages = {f"get /api/v1/{path}/report" for path in ("batches/{batch_id}/validation", "validations/{validation_id}")}
    assert {route for route in left_out if not route.split()[1].startswith("/identity/")} == pages


def test_a_prompt_is_answered_whole_and_as_it_is_written(client: Client) -> None:
    asked = GenerationCreate(prompt="Hello", parameters=SamplingParameters(max_tokens=9))
    answer = client.generations.generate(asked)
    assert answer.text
    assert answer.finish_reason in {"stop", "length"}
    chunks = list(client.generations.stream_generate(asked))
    assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert chunks[-1].usage is not None


def test_a_chat_is_answered_whole_and_as_it_is_written(client: Client) -> None:
    asked = ChatCompletionCreate(messages=[ChatMessageCreate(role="user", content="Hello")])
    assert client.openai_chat.complete(asked).choices[0].message.content
    chunks = list(client.openai_chat.stream_complete(asked))
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [model.id for model in client.openai_models.list().data] == ["scripted"]
    assert client.openai_models.show("scripted").id == "scripted"


def test_a_batch_is_submitted_followed_listed_and_fetched(client: Client, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("One\nTwo\nThree\n")
    batch = client.batches.submit_file(prompts, form=BatchCreate(max_tokens=9, stop=["a", "b"]))
    assert (batch.name, batch.parameters["max_tokens"], batch.parameters["stop"]) == ("prompts.txt", 9, ["a", "b"])
    seen = list(client.batches.follow(batch.id))
    assert isinstance(seen[0], ProgressRead)
    ended = seen[-1]
    assert isinstance(ended, BatchRead)
    assert (ended.state, ended.counts.accepted) == (BatchState.COMPLETED, 3)
    assert ended.created_at.tzinfo is not None
    assert [each.id for each in client.batches.list(limit=1).batches] == [batch.id]
    assert [row.row for row in client.batches.list_rows(batch.id, state=["accepted"], limit=2).rows] == [0, 1]
    output = b"".join(client.batches.fetch_output(batch.id))
    assert [line["id"] for line in msgspec.json.Decoder(dict[str, Any]).decode_lines(output)] == ["1", "2", "3"]
    manifest = msgspec.json.decode(b"".join(client.batches.fetch_file(batch.id, "manifest.json")))
    assert manifest["counts"]["accepted"] == 3
    assert b"".join(client.batches.stream_errors(batch.id)) == b""
    with pytest.raises(TextNLPError) as refused:
        client.batches.retry(batch.id)
    assert refused.value.kind is ErrorKind.CONFLICT


def test_budgets_are_set_listed_and_removed_and_usage_is_shown(client: Client) -> None:
    budget = client.budgets.set(BudgetCreate(period=BudgetPeriod.DAILY, unit=BudgetUnit.TOKENS, limit=Decimal(95)))
    assert budget.left == 95
    assert [each.id for each in client.budgets.list().budgets] == [budget.id]
    client.budgets.remove(budget.id)
    assert client.budgets.list().budgets == []
    assert client.usage.show(by=Grouping.MODEL).by is Grouping.MODEL
    assert b"".join(client.usage.show_csv(by=Grouping.MODEL)).startswith(b"model,calls")


def test_what_is_refused_says_what_kind_of_error_it_is_and_where(client: Client) -> None:
    with pytest.raises(TextNLPError) as refused:
        client.generations.generate(GenerationCreate(prompt="x", parameters=SamplingParameters(temperature=9)))
    assert refused.value.kind is ErrorKind.INVALID_INPUT
    assert "temperature" in (refused.value.facts.field or "")
    with pytest.raises(TextNLPError) as missing:
        client.openai_models.show("absent")
    assert missing.value.kind is ErrorKind.NOT_FOUND
    assert client.operations.ready().status == "ready"


async def test_an_asynchronous_client_does_the_same(async_client: AsyncClient, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.csv"
    prompts.write_text("prompt\nOne\n")
    assert (await async_client.operations.health()).status == "ok"
    batch = await async_client.batches.submit_file(prompts)
    async with contextlib.aclosing(async_client.batches.follow(batch.id)) as events:
        seen = [event async for event in events]
    assert isinstance(seen[-1], BatchRead)
    assert (await async_client.batches.show(batch.id)).counts.accepted == 1
    output = b"".join([piece async for piece in async_client.batches.fetch_output(batch.id)])
    assert output.count(b"\n") == 1
    chunks = [chunk async for chunk in async_client.generations.stream_generate(GenerationCreate(prompt="Hello"))]
    assert chunks[-1].usage is not None
    with pytest.raises(TextNLPError) as refused:
        await async_client.batches.show("batch_absent")
    assert refused.value.kind is ErrorKind.NOT_FOUND


class _Counting(httpx.BaseTransport):
    """Takes requests in piece by piece, and keeps only their size."""

    size_bytes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        for piece in request.stream:
            self.size_bytes += len(piece)
        return problem(409, "conflict")


def test_a_large_file_is_sent_without_being_held_in_memory(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(64 << 20)
    http = _Counting()
    with Client(http_transport=http) as client:
        tracemalloc.start()
        with pytest.raises(TextNLPError):
            client.batches.submit_file(large)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert http.size_bytes > 64 << 20
    assert peak_bytes < 8 << 20
