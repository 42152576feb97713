"""The REST API in front of a subscription."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web

from tests.doubles.azure_callers import valid_token
from tests.doubles.entra import Entra
from tests.doubles.resource_manager.refusal import Refusal
from tests.doubles.resource_manager.savings import Savings
from tests.doubles.resource_manager.subscription import SUBSCRIPTION, Deployment, Subscription, changes
from textnlp_infra.expansion.expander import DEPLOYMENT

_MOST_BYTES = 4 * 1024 * 1024
_SCOPE = rf"/subscriptions/{SUBSCRIPTION}(?:/resourcegroups/(?P<group>[^/]+))?"
_DEPLOYMENTS = rf"{_SCOPE}/(?:providers/Microsoft\.Resources/)?deployments/(?P<name>[^/]+)"

Answer: TypeAlias = web.Response
Handler: TypeAlias = "Callable[[ResourceManager, Mapping[str, str | None], Any], Answer]"


@dataclass(slots=True)
class ResourceManager:
    """The double.

    Attributes:
        environment: variables that make a process call it, as somebody who may.
        requests: method and path of every request, in order.
        savings: what Advisor recommends and what can be reserved.
        page_size: how many operations it lists at once.
    """

    entra: Entra
    subscription: Subscription
    address: str = ""
    page_size: int = 10
    requests: list[str] = field(default_factory=list[str])
    running: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    came: asyncio.Event = field(default_factory=asyncio.Event)
    later: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    savings: Savings = field(default_factory=Savings)

    @property
    def environment(self) -> dict[str, str]:
        """See the class."""
        return {
            **self.entra.environment,
            "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
            "TEXTNLP_RESOURCE_MANAGER": self.address,
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, as Azure does without minding the case of paths."""
        self.requests.append(f"{request.method} {request.path}")
        self.came.set()
        try:
            self._admit(request)
            handle, place = _route(request)
            body: Any = await request.json() if request.can_read_body else {}
            return handle(self, {**place, **request.query}, body)
        except Refusal as refusal:
            return web.json_response({"error": refusal.document()}, status=refusal.status)

    async def asked(self, end: str) -> None:
        """Return once a request came whose path ends so."""
        while not any(request.endswith(end) for request in self.requests):
            self.came.clear()
            await self.came.wait()

    async def idle(self) -> None:
        """Return once nothing is under way."""
        await asyncio.gather(*self.running)

    async def stop(self) -> None:
        """Stop working, as a service that is killed; what was made stays, and so does what is left to do."""
        tasks = list(self.running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, deployment: Deployment) -> None:
        """Work on a deployment while other requests are answered."""
        task = asyncio.create_task(self.subscription.work(deployment))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def answer_later(self, document: dict[str, Any]) -> Answer:
        """Answer that it takes a while, and where to ask for the document."""
        self.later.append(document)
        where = f"{self.address}/subscriptions/{SUBSCRIPTION}/operationresults/{len(self.later) - 1}?api-version=1"
        return web.Response(status=202, headers={"Location": where, "Retry-After": "0"})

    def _admit(self, request: web.Request) -> None:
        if "api-version" not in request.query:
            raise Refusal("MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required.")
        if valid_token(request, self.entra.key, audience=self.address) is None:
            raise Refusal("InvalidAuthenticationToken", "The access token is invalid.", status=401)

    def deployment(self, place: Mapping[str, str | None]) -> Deployment:
        """Return the deployment that a path names."""
        own = f"{self.subscription.scope(place['group']).id}/providers/{DEPLOYMENT}/{place['name']}"
        found = self.subscription.deployments.get(own.lower())
        if found is None:
            raise Refusal("DeploymentNotFound", f"Deployment '{place['name']}' could not be found.", status=404)
        return found


@contextlib.asynccontextmanager
async def running_resource_manager(entra: Entra, subscription: Subscription) -> AsyncGenerator[ResourceManager]:
    """Run the double; what a subscription had under way when an earlier one stopped goes on."""
    manager = ResourceManager(entra, subscription)
    app = web.Application(client_max_size=_MOST_BYTES)
    app.router.add_route("*", "/{path:.*}", manager.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=entra.certificates.server_context).start()
    manager.address = f"https://localhost:{runner.addresses[0][1]}"
    for deployment in subscription.deployments.values():
        if deployment.state == "Running" and deployment.expansion:
            manager.begin(deployment)
    try:
        yield manager
    finally:
        await manager.stop()
        await runner.cleanup()


def _route(request: web.Request) -> tuple[Handler, Mapping[str, str | None]]:
    for method, path, handle in _ROUTES:
        match = re.fullmatch(path, request.path, re.IGNORECASE)
        if match and method == request.method:
            return handle, match.groupdict()
    raise Refusal("NotFound", f"There is nothing at {request.path}.", status=404)


def _put(manager: ResourceManager, place: Mapping[str, str | None], body: Any) -> Answer:
    deployment = manager.subscription.take(place["name"] or "", place["group"], body)
    manager.begin(deployment)
    where = f"{manager.address}{deployment.id}/operationStatuses/1?api-version=2026-06-01"
    return web.json_response(
        deployment.document(), status=201, headers={"Azure-AsyncOperation": where, "Retry-After": "0"}
    )


def _status(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    deployment = manager.deployment(place)
    told: dict[str, Any] = {"status": deployment.state}
    if deployment.error:
        told["error"] = deployment.error
    return web.json_response(told, headers={"Retry-After": "0"})


def _get(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    return web.json_response(manager.deployment(place).document())


def _delete(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    with contextlib.suppress(Refusal):
        key = manager.deployment(place).id.lower()
        del manager.subscription.deployments[key]
        manager.subscription.resources.pop(key, None)
    return web.Response(status=204)


def _operations(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    deployment = manager.deployment(place)
    shown = [
        {"id": f"{deployment.id}/operations/{number}", "operationId": str(number), "properties": item["properties"]}
        for number, item in enumerate(deployment.operations.values())
    ]
    begins = int(place.get("$skiptoken") or "0")
    ends = begins + manager.page_size
    page: dict[str, Any] = {"value": shown[begins:ends]}
    if ends < len(shown):
        where = f"{manager.address}{deployment.id}/operations?api-version=2026-06-01&%24skiptoken={ends}"
        page["nextLink"] = where
    return web.json_response(page)


def _validate(manager: ResourceManager, place: Mapping[str, str | None], body: Any) -> Answer:
    manager.subscription.expand(place["name"] or "", place["group"], body)
    return web.json_response({"name": place["name"], "properties": {"provisioningState": "Succeeded"}})


def _what_if(manager: ResourceManager, place: Mapping[str, str | None], body: Any) -> Answer:
    expansion, _ = manager.subscription.expand(place["name"] or "", place["group"], body)
    found = list(changes(manager.subscription, expansion))
    return manager.answer_later({"status": "Succeeded", "properties": {"changes": found}})


def _show_group(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    name = place["group"] or ""
    found = manager.subscription.group(name)
    shown = {"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{found.name}", "name": found.name, **found.body}
    return web.json_response({**shown, "properties": {"provisioningState": "Succeeded"}})


def _delete_group(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    manager.subscription.delete_group(place["group"] or "")
    return manager.answer_later({})


def _result(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    return web.json_response(manager.later[int(place["number"] or "0")])


def _show(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    found = manager.subscription.resources.get((place["id"] or "").lower())
    if found is None:
        raise Refusal("ResourceNotFound", f"The Resource '{place['id']}' was not found.", status=404)
    return web.json_response({"id": found.id, "name": found.name, "type": found.type, **found.body})


def _delete_resource(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    own = (place["id"] or "").lower()
    there = own in manager.subscription.resources
    manager.subscription.delete(own)
    return web.Response(status=200 if there else 204)


def _recommendations(manager: ResourceManager, place: Mapping[str, str | None], _: Any) -> Answer:
    return web.json_response(manager.savings.page(f"{manager.address}{_ADVISOR}", place))


def _calculate(manager: ResourceManager, _: Mapping[str, str | None], body: Any) -> Answer:
    return web.json_response(manager.savings.calculate(body))


def _held(manager: ResourceManager, _: Mapping[str, str | None], __: Any) -> Answer:
    return web.json_response({"value": manager.savings.held})


def _purchase(manager: ResourceManager, place: Mapping[str, str | None], body: Any) -> Answer:
    return web.json_response(manager.savings.purchase(place["order"] or "", body), status=202)


_ADVISOR = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Advisor/recommendations"
_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("PUT", _DEPLOYMENTS, _put),
    ("GET", _DEPLOYMENTS, _get),
    ("DELETE", _DEPLOYMENTS, _delete),
    ("GET", f"{_DEPLOYMENTS}/operationStatuses/1", _status),
    ("GET", f"{_DEPLOYMENTS}/operations", _operations),
    ("POST", f"{_DEPLOYMENTS}/validate", _validate),
    ("POST", f"{_DEPLOYMENTS}/whatIf", _what_if),
    ("GET", rf"/subscriptions/{SUBSCRIPTION}/resourcegroups/(?P<group>[^/]+)", _show_group),
    ("DELETE", rf"/subscriptions/{SUBSCRIPTION}/resourcegroups/(?P<group>[^/]+)", _delete_group),
    ("GET", rf"/subscriptions/{SUBSCRIPTION}/operationresults/(?P<number>\d+)", _result),
    ("GET", re.escape(_ADVISOR), _recommendations),
    ("POST", "/providers/Microsoft.Capacity/calculatePrice", _calculate),
    ("GET", "/providers/Microsoft.Capacity/reservations", _held),
    ("PUT", "/providers/Microsoft.Capacity/reservationOrders/(?P<order>[^/]+)", _purchase),
    ("GET", "(?P<id>/.+)", _show),
    ("DELETE", "(?P<id>/.+)", _delete_resource),
)
