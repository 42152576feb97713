"""Expands a template: every resource that would be made, nested deployments and copies included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp_infra.expansion.evaluator import Evaluator, Scope, joined_id
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.expansion.values import RuntimeValue

DEPLOYMENT = "Microsoft.Resources/deployments"
_HEAD = frozenset({"type", "apiVersion", "name", "scope", "dependsOn", "copy", "condition", "resources"})
_SAMPLES: Mapping[str, Any] = {"int": 1, "bool": True, "array": [], "object": {}}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expansion:
    """What a template comes to.

    Attributes:
        outputs: value by name.
    """

    resources: tuple[ExpandedResource, ...]
    outputs: Mapping[str, Any]


def samples(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return values for the parameters that have no default, for checking a template that nobody deploys."""
    return {
        name: _sample(name, declared)
        for name, declared in template.get("parameters", {}).items()
        if "defaultValue" not in declared
    }


def expand(template: Mapping[str, Any], *, stack: str, scope: Scope, parameters: Mapping[str, Any]) -> Expansion:
    """Expand a template that is deployed to `scope` as `stack`.

    Raises `TextNLPError` that says which resource, for an expression that cannot be worked out, a parameter that is
    missing, unknown or not allowed, and a template of a form that is not handled.
    """
    return _Expander(stack=stack, unit="", scope=scope).expand(template, parameters, deployment=stack)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expander:
    stack: str
    unit: str
    scope: Scope

    def expand(self, template: Mapping[str, Any], given: Mapping[str, Any], *, deployment: str) -> Expansion:
        evaluator = Evaluator(scope=self.scope, deployment=deployment, parameters={}, variables={})
        evaluator.parameters = self._parameters(template.get("parameters", {}), given, evaluator)
        evaluator.variables = template.get("variables", {})
        outputs: dict[str, Mapping[str, Any]] = {}
        evaluator.deployed = outputs
        found: list[ExpandedResource] = []
        written = template.get("resources", [])
        if not isinstance(written, list):
            raise invalid_input(f"{self._place}: resources must be a list; templates with symbolic names are not read")
        for item in cast("list[dict[str, Any]]", written):
            found += self._resources(item, evaluator, outputs)
        values: dict[str, Any] = {}
        for name, output in template.get("outputs", {}).items():
            with _told(f"{self._place}: output '{name}'"):
                values[name] = evaluator.value(output["value"])
        return Expansion(resources=tuple(found), outputs=values)

    @property
    def _place(self) -> str:
        return f"{self.stack}/{self.unit}" if self.unit else self.stack

    def _parameters(
        self, declared: Mapping[str, Any], given: Mapping[str, Any], evaluator: Evaluator
    ) -> dict[str, Any]:
        unknown = sorted(set(given) - set(declared))
        if unknown:
            known = ", ".join(declared) or "none"
            raise invalid_input(f"{self._place}: there is no parameter '{unknown[0]}'; there are {known}")
        values: dict[str, Any] = {}
        for name, declaration in declared.items():
            if name not in given and "defaultValue" not in declaration:
                raise invalid_input(f"{self._place}: parameter '{name}' has no value and no default; give it one")
            values[name] = given[name] if name in given else evaluator.value(declaration["defaultValue"])
            allowed = declaration.get("allowedValues")
            if allowed and values[name] not in allowed and not isinstance(values[name], RuntimeValue):
                listed = ", ".join(map(str, allowed))
                raise invalid_input(f"{self._place}: parameter '{name}' is {values[name]!r}; write one of {listed}")
        return values

    def _resources(
        self, written: Mapping[str, Any], evaluator: Evaluator, outputs: dict[str, Mapping[str, Any]]
    ) -> Iterator[ExpandedResource]:
        with _told(f"{self._place}: {written.get('type')} '{written.get('name')}'"):
            loop = written.get("copy")
            turns = evaluator.copied(loop, lambda: self._one(written, evaluator)) if loop else None
            made = turns if turns is not None else [self._one(written, evaluator)]
        for resource in made:
            if resource is None:
                continue
            yield resource
            if resource.type == DEPLOYMENT and "template" in written["properties"]:
                inner = self._inner(written, resource)
                outputs[resource.id.lower()] = {name: {"value": value} for name, value in inner.outputs.items()}
                yield from inner.resources

    def _one(self, written: Mapping[str, Any], evaluator: Evaluator) -> ExpandedResource | None:
        if not evaluator.value(written.get("condition", True)):
            return None
        evaluator.asked = set()
        kind, name = written["type"], str(evaluator.value(written["name"]))
        body = {key: _body_value(key, value, evaluator) for key, value in written.items() if key not in _HEAD}
        scope = evaluator.value(written.get("scope"))
        group = body.get("resourceGroup") if kind == DEPLOYMENT else self.scope.group
        above = replace(self.scope, group=group).id if kind == DEPLOYMENT and group else scope or self.scope.id
        asked = frozenset(evaluator.asked)
        return ExpandedResource(
            id=joined_id(above, kind, tuple(name.split("/"))),
            type=kind,
            api_version=written["apiVersion"],
            name=name,
            body=body,
            stack=self.stack,
            unit=self.unit,
            group=group,
            scope=scope,
            depends_on=tuple(evaluator.value(written.get("dependsOn", []))),
            asked=asked,
        )

    def _inner(self, written: Mapping[str, Any], deployment: ExpandedResource) -> Expansion:
        options = written["properties"].get("expressionEvaluationOptions", {})
        if str(options.get("scope")).lower() != "inner":
            raise invalid_input(f"{deployment.where}: write expressionEvaluationOptions {{'scope': 'Inner'}}")
        given = {name: item["value"] for name, item in deployment.properties.get("parameters", {}).items()}
        scope = replace(self.scope, group=deployment.group)
        inner = _Expander(stack=self.stack, unit=deployment.name, scope=scope)
        return inner.expand(written["properties"]["template"], given, deployment=deployment.name)


def _body_value(key: str, value: Any, evaluator: Evaluator) -> Any:
    if key == "properties" and isinstance(value, Mapping) and "template" in value:
        properties = cast("Mapping[str, Any]", value)
        return evaluator.value({name: item for name, item in properties.items() if name != "template"})
    return evaluator.value(value)


def _sample(name: str, declared: Mapping[str, Any]) -> Any:
    if declared.get("allowedValues"):
        return declared["allowedValues"][0]
    return _SAMPLES.get(str(declared["type"]).lower(), RuntimeValue(f"parameters({name})"))


class _told:  # noqa: N801  used as a function
    """Names the place in errors raised inside."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Put the place in front of the sentence of an error that names none."""
        named = tuple(self._place.partition(":")[0].partition("/")[0] + mark for mark in ":/")
        if isinstance(error, TextNLPError) and not error.message.startswith(named):
            raise invalid_input(f"{self._place}: {error.message}") from error
