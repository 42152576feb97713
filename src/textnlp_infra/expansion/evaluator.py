"""Works out the expressions of one template, in the scope that it is deployed to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp_infra.expansion.functions import FUNCTIONS
from textnlp_infra.expansion.parser import Call, Literal, Node, Part, is_expression, parse
from textnlp_infra.expansion.values import RuntimeValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a template is deployed to; `group` is None for a subscription."""

    subscription_id: str
    tenant_id: str
    group: str | None = None
    location: str = ""

    @property
    def id(self) -> str:
        """The id that the ids of what is deployed begin with."""
        subscription = f"/subscriptions/{self.subscription_id}"
        return f"{subscription}/resourceGroups/{self.group}" if self.group else subscription


@dataclass(slots=True, kw_only=True)
class Evaluator:
    """Evaluates what stands in a template.

    Attributes:
        parameters: values that were given, defaults filled in.
        variables: as declared; each is worked out when it is asked for.
        deployed: outputs of deployments by their id in lower case, for `reference(…).outputs`.
        copies: the number of the copy that is being made, by the name of its loop; the innermost is last.
        asked: ids that `reference` was called with.
    """

    scope: Scope
    deployment: str
    parameters: Mapping[str, Any]
    variables: Mapping[str, Any]
    deployed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    copies: dict[str, int] = field(default_factory=dict[str, int])
    asked: set[str] = field(default_factory=set[str])

    def value(self, written: Any) -> Any:
        """Return what stands for a value of the template, with all expressions in it worked out."""
        if isinstance(written, str):
            return self._text(written)
        if isinstance(written, Mapping):
            return self._object(cast("Mapping[str, Any]", written))
        if isinstance(written, list):
            return [self.value(item) for item in cast("list[Any]", written)]
        return written

    def copied(self, loop: Mapping[str, Any], make: Callable[[], Any]) -> list[Any]:
        """Return what `make` makes for each turn of a loop `{name, count}`."""
        name, count = str(loop["name"]), self.value(loop["count"])
        made: list[Any] = []
        for number in range(count):
            self.copies[name] = number
            made.append(make())
        self.copies.pop(name, None)
        return made

    def _object(self, written: Mapping[str, Any]) -> dict[str, Any]:
        values = {str(self.value(key)): self.value(value) for key, value in written.items() if key != "copy"}
        loops = written.get("copy", [])
        if not isinstance(loops, list):
            return {**values, "copy": self.value(loops)}
        for loop in cast("list[Any]", loops):
            values[loop["name"]] = self.copied(loop, partial(self.value, loop["input"]))
        return values

    def _text(self, written: str) -> Any:
        if is_expression(written):
            return self._node(parse(written[1:-1]))
        return written[1:] if written.startswith("[[") else written

    def _node(self, node: Node) -> Any:
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Part):
            return self._part(self._node(node.of), self._node(node.key))
        return self._call(node)

    def _part(self, whole: Any, key: Any) -> Any:
        if isinstance(whole, RuntimeValue):
            return whole.part(f"[{key}]" if isinstance(key, int) else f".{key}")
        try:
            return whole[key]
        except (KeyError, IndexError, TypeError):
            known = f"; there are {', '.join(sorted(map(str, whole)))}" if isinstance(whole, Mapping) else ""  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
            raise invalid_input(f"there is no '{key}' to ask for{known}") from None

    def _call(self, call: Call) -> Any:
        name = call.function.lower()
        if name == "if":
            condition, then, otherwise = call.arguments
            return self._node(then if self._node(condition) else otherwise)
        arguments = [self._node(argument) for argument in call.arguments]
        known = _SCOPED.get(name)
        if known:
            return known(self, *arguments)
        pure = FUNCTIONS.get(name)
        if pure is None:
            raise invalid_input(
                f"there is no template function '{call.function}', or none that this check knows; "
                "write the value another way"
            )
        try:
            return pure(*arguments)
        except TextNLPError:
            raise
        except Exception as error:
            raise invalid_input(f"{call.function}({', '.join(map(repr, arguments))}): {error}") from error

    def parameter(self, name: str) -> Any:
        """Return the value of a parameter."""
        if name not in self.parameters:
            known = ", ".join(sorted(self.parameters)) or "none"
            raise invalid_input(f"there is no parameter '{name}' with a value; there are {known}")
        return self.parameters[name]

    def variable(self, name: str) -> Any:
        """Return the value of a variable."""
        if name not in self.variables:
            raise invalid_input(
                f"there is no variable '{name}'; there are {', '.join(sorted(self.variables)) or 'none'}"
            )
        return self.value(self.variables[name])

    def copy_index(self, *arguments: Any) -> int:
        """Return the number of the copy that is being made."""
        names = [item for item in arguments if isinstance(item, str)]
        offset = next((item for item in arguments if isinstance(item, int)), 0)
        if not self.copies or (names and names[0] not in self.copies):
            raise invalid_input("copyIndex() stands outside its loop")
        return offset + (self.copies[names[0]] if names else list(self.copies.values())[-1])

    def reference(self, resource_id: str, *_versions: str) -> Any:
        """Return what stands for the state of a resource, or the outputs of a deployment."""
        self.asked.add(resource_id)
        known = self.deployed.get(resource_id.lower())
        return {"outputs": known} if known is not None else RuntimeValue(f"reference({resource_id})")


def joined_id(scope: str, kind: str, names: tuple[str, ...]) -> str:
    """Return the id of a resource below `scope`; raise `TextNLPError` unless each segment of the type has a name."""
    provider, *kinds = kind.split("/")
    if len(kinds) != len(names):
        raise invalid_input(f"type '{kind}' has {len(kinds)} segments, and {len(names)} names are given: {names}")
    path = "/".join(f"{segment}/{name}" for segment, name in zip(kinds, names, strict=True))
    return f"{scope}/providers/{provider}/{path}"


def _resource_id(evaluator: Evaluator, *arguments: str) -> str:
    place = next(number for number, item in enumerate(arguments) if "/" in item)
    before, kind, names = arguments[:place], arguments[place], arguments[place + 1 :]
    subscription, group = evaluator.scope.subscription_id, evaluator.scope.group
    if len(before) == 1 and group is None:
        subscription = before[0]
    elif before:
        subscription, group = before if len(before) == 2 else (subscription, before[0])  # noqa: PLR2004  both of them
    scope = Scope(subscription_id=subscription, tenant_id="", group=group)
    return joined_id(scope.id, kind, names)


def _subscription_id(evaluator: Evaluator, *arguments: str) -> str:
    before = arguments[:1] if "/" not in arguments[0] else ()
    kind, *names = arguments[len(before) :]
    subscription = before[0] if before else evaluator.scope.subscription_id
    return joined_id(f"/subscriptions/{subscription}", kind, tuple(names))


def _keys(_: Evaluator, resource_id: str, *_versions: str) -> RuntimeValue:
    return RuntimeValue(f"listKeys({resource_id})")


def _group(evaluator: Evaluator) -> dict[str, str]:
    if evaluator.scope.group is None:
        raise invalid_input("resourceGroup() stands in a template of the subscription, which has no resource group")
    return {"name": evaluator.scope.group, "location": evaluator.scope.location, "id": evaluator.scope.id}


def _subscription(evaluator: Evaluator) -> dict[str, str]:
    scope = evaluator.scope
    return {
        "id": f"/subscriptions/{scope.subscription_id}",
        "subscriptionId": scope.subscription_id,
        "tenantId": scope.tenant_id,
    }


_ENVIRONMENT: Mapping[str, Any] = {
    "name": "AzureCloud",
    "resourceManager": "https://management.azure.com/",
    "authentication": {"loginEndpoint": "https://login.microsoftonline.com/"},
    "suffixes": {"storage": "core.windows.net", "keyvaultDns": ".vault.azure.net"},
}


def _deployment(evaluator: Evaluator) -> dict[str, str]:
    return {"name": evaluator.deployment}


def _environment(_: Evaluator) -> Mapping[str, Any]:
    return _ENVIRONMENT


def _extension_id(_: Evaluator, scope: str, kind: str, *names: str) -> str:
    return joined_id(scope, kind, names)


def _tenant(evaluator: Evaluator) -> dict[str, str]:
    return {"tenantId": evaluator.scope.tenant_id}


def _tenant_id(_: Evaluator, kind: str, *names: str) -> str:
    return joined_id("", kind, names)


_SCOPED: Mapping[str, Callable[..., Any]] = {
    "copyindex": Evaluator.copy_index,
    "deployment": _deployment,
    "environment": _environment,
    "extensionresourceid": _extension_id,
    "listkeys": _keys,
    "parameters": Evaluator.parameter,
    "reference": Evaluator.reference,
    "resourcegroup": _group,
    "resourceid": _resource_id,
    "subscription": _subscription,
    "subscriptionresourceid": _subscription_id,
    "tenant": _tenant,
    "tenantresourceid": _tenant_id,
    "variables": Evaluator.variable,
}
"""Functions that depend on where the template is deployed to, and on what it declares."""
