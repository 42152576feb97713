"""Checks the workflows of a Logic App Standard folder: `python -m tools.check_workflow [logic_app]`.

What is wrong is printed, a line each, and makes the command end with 1.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "logic_app"

_PARAMETER = re.compile(r"parameters\('([^']+)'\)")
_REFERENCE = re.compile(r"\b(?:body|outputs|actions|result)\('([^']+)'\)")
_HOST = re.compile(r"[a-z]+://", re.IGNORECASE)
_URI = re.compile(r"@\{(?:concat\()?parameters\('\w+'\)")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_STATUSES = frozenset({"Succeeded", "Failed", "Skipped", "TimedOut"})
_NOT_MET = frozenset({"Failed", "TimedOut"})

Actions = Mapping[str, Any]


def folder_faults(folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with the workflows of a folder, as sentences that begin with the workflow's name."""
    parameters = json.loads((folder / "parameters.json").read_text(encoding="utf-8"))
    faults: list[str] = []
    for path in sorted(folder.glob("*/workflow.json")):
        workflow = json.loads(path.read_text(encoding="utf-8"))
        faults += [f"{path.parent.name}: {fault}" for fault in workflow_faults(workflow, parameters)]
    return faults or ([] if any(folder.glob("*/workflow.json")) else [f"{folder.name}: holds no workflow"])


def workflow_faults(workflow: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a workflow, given the parameters that its app declares."""
    definition = workflow["definition"]
    actions: Actions = definition["actions"]
    declared = set(parameters) | set(definition.get("parameters", {}))
    used = set(_PARAMETER.findall(json.dumps(definition)))
    faults = [f"parameter {name} is not declared" for name in sorted(used - declared)]
    faults += [f"parameter {name} is used nowhere" for name in sorted(declared - used)]
    if [trigger["type"] for trigger in definition["triggers"].values()] != ["Request"]:
        faults.append("begins with something else than one request")
    faults += _order_faults(actions, before=frozenset())
    for name, action in _flat(actions):
        faults += [f"{name}: {fault}" for fault in _action_faults(action)]
    faults += _failure_faults(actions)
    return faults


def _flat(actions: Actions) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, action in actions.items():
        yield name, action
        yield from _flat(action.get("actions", {}))


def _names(name: str, action: Mapping[str, Any]) -> set[str]:
    """Return an action's name and those of all that it holds."""
    return {name, *(inner for inner, _ in _flat(action.get("actions", {})))}


def _order_faults(actions: Actions, *, before: frozenset[str]) -> Iterator[str]:
    """Find actions that nothing leads to, that start at the same time, and that look at what did not run before."""
    needs = {name: set(action.get("runAfter", {})) for name, action in actions.items()}
    for name in sorted(name for name, needed in needs.items() if needed - set(actions)):
        yield f"{name}: runs after {', '.join(sorted(needs[name] - set(actions)))}, which is not beside it"
        return
    starts = [name for name, needed in needs.items() if not needed]
    if len(starts) != 1:
        yield f"{', '.join(starts) or 'nothing'} starts: one action must, and the others run after it"
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as exc:
        yield f"{', '.join(sorted(set(exc.args[1])))}: wait for each other"
        return
    seen: dict[str, frozenset[str]] = {}
    for name in order:
        earlier = before.union(*(seen[each] | _names(each, actions[each]) for each in needs[name]))
        seen[name] = earlier
        yield from _inner_faults(name, actions[name], earlier=earlier)


def _inner_faults(name: str, action: Mapping[str, Any], *, earlier: frozenset[str]) -> Iterator[str]:
    unknown = set(_REFERENCE.findall(json.dumps(action.get("inputs", {})))) - earlier
    if unknown:
        yield f"{name}: looks at {', '.join(sorted(unknown))}, which has not run before it"
    for each, statuses in action.get("runAfter", {}).items():
        if not statuses or set(statuses) - _STATUSES:
            yield f"{name}: after {each} it waits for {statuses or 'no status'}"
    if "actions" in action:
        yield from _order_faults(action["actions"], before=earlier)


def _action_faults(action: Mapping[str, Any]) -> Iterator[str]:
    inputs = action.get("inputs", {})
    if _HOST.search(json.dumps(inputs)):
        yield "names a host or scheme itself; take it from a parameter"
    if action["type"] == "ParseJson":
        schema = inputs.get("schema") or {}
        if not (schema.get("properties") and schema.get("required")):
            yield "its schema lets anything through"
    if action["type"] == "Http":
        yield from _call_faults(inputs)


def _call_faults(inputs: Mapping[str, Any]) -> Iterator[str]:
    identity = inputs.get("authentication", {})
    if identity.get("type") != "ManagedServiceIdentity":
        yield "does not say who it is by a managed identity"
    for part in ("identity", "audience"):
        if not identity.get(part):
            yield f"its authentication has no {part}"
    if inputs.get("retryPolicy", {}).get("type", "none") == "none":
        yield "has no retry policy"
    if not _URI.match(inputs["uri"]):
        yield "its address does not begin with a parameter"
    if inputs["method"] in _WITH_BODY and not inputs.get("body"):
        yield "sends no body"
    if "Content-Type" not in inputs.get("headers", {}):
        yield "does not say what it sends: Content-Type is missing"


def _failure_faults(actions: Actions) -> Iterator[str]:
    """Find scopes whose failure leads to no answer."""
    for name, action in actions.items():
        if action["type"] != "Scope":
            continue
        caught = [each for each, other in actions.items() if set(other["runAfter"].get(name, [])) >= _NOT_MET]
        if not any(actions[each]["type"] == "Response" for start in caught for each in _followers(actions, start)):
            yield f"{name}: nothing answers when it fails or times out"


def _followers(actions: Actions, start: str) -> set[str]:
    """Return an action and all that run after it, however late."""
    found = {start}
    while more := {name for name, each in actions.items() if found & set(each["runAfter"])} - found:
        found |= more
    return found


def main(arguments: list[str]) -> int:
    """Check the folder that the first argument names, the one of the repository without; return the exit code."""
    faults = folder_faults(Path(arguments[0]) if arguments else FOLDER)
    for fault in faults:
        print(fault)
    if not faults:
        print("Every workflow is in order.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
