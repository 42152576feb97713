"""Runs a workflow definition as Logic Apps does: actions in the order of `runAfter`, scopes, loops, retries, answers.

Known are the actions that the platform's workflows use: Http, ParseJson, Scope, Query, Compose and Response, If, Until,
Wait and Terminate. Nothing waits. An action whose `runAfter` is not met is skipped, and a scope failed where one of its
actions that nothing follows did.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import jsonschema_rs

from tests.doubles.logic_app.expressions import Scope, WorkflowExpressionError, resolve

TokenSource = Callable[[str, str], str]
"""Gives a token for an identity and an audience."""

_RETRIED = {408, 429}
_FIRST_SERVER_ERROR = 500
_FIRST_ERROR = 400


@dataclass(frozen=True)
class Answer:
    """What the caller of the workflow gets."""

    status: int
    headers: dict[str, str]
    body: Any


class WorkflowRun:
    """One run of a workflow; retries wait for nothing."""

    def __init__(self, definition: Any, scope: Scope, *, client: httpx.Client, token_for: TokenSource) -> None:
        self._definition = definition
        self._scope = scope
        self._client = client
        self._token_for = token_for
        self._answer: Answer | None = None
        self._ended_as: str | None = None

    def answer(self) -> Answer:
        """Run to the end and return what was answered."""
        self._run_all(self._definition["actions"])
        if self._answer is None:
            raise WorkflowExpressionError("the workflow ended without an answer")
        return self._answer

    def outcome(self) -> str:
        """Run to the end and return how the run ended: as it was terminated, or as its last actions did."""
        whole = self._run_scope("", self._definition["actions"])
        return self._ended_as or whole["status"]

    def status(self, action: str) -> str:
        """How an action ended."""
        return self._scope.results[action]["status"]

    def _run_all(self, actions: dict[str, Any]) -> None:
        waiting = dict(actions)
        while waiting:
            ready = [name for name, each in waiting.items() if not set(each["runAfter"]) & set(waiting)]
            if not ready:
                raise WorkflowExpressionError(f"{', '.join(waiting)} wait for each other")
            for name in ready:
                if self._ended_as:
                    return
                self._scope.results[name] = self._run(name, waiting.pop(name))

    def _run(self, name: str, action: dict[str, Any]) -> dict[str, Any]:
        needed = action["runAfter"].items()
        if not all(self.status(before) in wanted for before, wanted in needed):
            self._skip(action)
            return _ended("Skipped", code="ActionSkipped")
        kinds = {
            "Wait": _wait,
            "Terminate": self._terminate,
            "Http": self._http,
            "ParseJson": self._parse,
            "Query": self._query,
            "Compose": self._compose,
            "Response": self._respond,
        }
        if action["type"] == "Scope":
            return self._run_scope(name, action["actions"])
        try:
            if action["type"] == "If":
                return self._run_if(name, action)
            if action["type"] == "Until":
                return self._run_until(name, action)
            return kinds[action["type"]](action["inputs"])
        except WorkflowExpressionError as error:
            return _ended("Failed", code="InvalidTemplate", message=str(error))

    def _skip(self, action: dict[str, Any]) -> None:
        for name, inner in action.get("actions", {}).items():
            self._skip(inner)
            self._scope.results[name] = _ended("Skipped", code="ActionSkipped")

    def _run_scope(self, name: str, actions: dict[str, Any]) -> dict[str, Any]:
        self._scope.children[name] = list(actions)
        self._run_all(actions)
        followed = {before for each in actions.values() for before in each["runAfter"]}
        last = [self._scope.results[each]["status"] for each in actions if each not in followed | self._undone(actions)]
        is_good = all(status == "Succeeded" for status in last)
        return _ended("Succeeded") if is_good else _ended("Failed", code="ActionFailed", message="An action failed.")

    def _undone(self, actions: dict[str, Any]) -> set[str]:
        """Return the actions that a run that was terminated did not come to."""
        return set(actions) - set(self._scope.results)

    def _run_if(self, name: str, action: dict[str, Any]) -> dict[str, Any]:
        if self._holds(action["expression"]):
            return self._run_scope(name, action["actions"])
        self._skip(action)
        return self._run_scope(name, action.get("else", {}).get("actions", {}))

    def _holds(self, condition: dict[str, Any]) -> bool:
        ((operator, operands),) = condition.items()
        if operator == "not":
            return not self._holds(operands)
        if operator in {"and", "or"}:
            return (all if operator == "and" else any)(self._holds(each) for each in operands)
        if operator != "equals":
            raise WorkflowExpressionError(f"this interpreter does not know the condition {operator}")
        first, second = (resolve(each, self._scope) for each in operands)
        return first == second

    def _run_until(self, name: str, action: dict[str, Any]) -> dict[str, Any]:
        for _ in range(action["limit"]["count"]):
            turn = self._run_scope(name, action["actions"])
            if turn["status"] != "Succeeded" or resolve(action["expression"], self._scope):
                return turn
        return _ended("Succeeded")

    def _terminate(self, inputs: dict[str, Any]) -> dict[str, Any]:
        self._ended_as = inputs["runStatus"]
        return _ended(inputs["runStatus"], **inputs.get("runError", {}))

    def _parse(self, inputs: dict[str, Any]) -> dict[str, Any]:
        content = resolve(inputs["content"], self._scope)
        try:
            jsonschema_rs.validator_for(inputs["schema"]).validate(content)
        except jsonschema_rs.ValidationError as exc:
            return _ended("Failed", code="SchemaValidationFailed", message=exc.message)
        return _ended("Succeeded", outputs={"body": content})

    def _query(self, inputs: dict[str, Any]) -> dict[str, Any]:
        found: list[Any] = []
        for each in resolve(inputs["from"], self._scope):
            self._scope.item = each
            if resolve(inputs["where"], self._scope):
                found.append(each)
        return _ended("Succeeded", outputs={"body": found})

    def _compose(self, inputs: Any) -> dict[str, Any]:
        return _ended("Succeeded", outputs=resolve(inputs, self._scope))

    def _respond(self, inputs: dict[str, Any]) -> dict[str, Any]:
        given = resolve(inputs, self._scope)
        if self._answer is not None:
            return _ended("Failed", code="ResponseAlreadySent", message="The caller has an answer.")
        self._answer = Answer(int(given["statusCode"]), given["headers"], given["body"])
        return _ended("Succeeded")

    def _http(self, inputs: dict[str, Any]) -> dict[str, Any]:
        given = resolve(inputs, self._scope)
        identity = given["authentication"]
        token = self._token_for(identity["identity"], identity["audience"])
        headers = {**given.get("headers", {}), "Authorization": f"Bearer {token}"}
        body = json.dumps(given["body"]).encode() if "body" in given else None
        for _ in range(1 + given["retryPolicy"]["count"]):
            try:
                response = self._client.request(given["method"], given["uri"], headers=headers, content=body)
            except httpx.TransportError as exc:
                outcome = _ended("Failed", code="BadRequest", message=f"Http request failed: {exc}")
                continue
            outcome = _of_response(response)
            if response.status_code not in _RETRIED and response.status_code < _FIRST_SERVER_ERROR:
                break
        return outcome  # pyright: ignore[reportPossiblyUnboundVariable]  there is one attempt at least


def _wait(_: dict[str, Any]) -> dict[str, Any]:
    return _ended("Succeeded")


def _of_response(response: httpx.Response) -> dict[str, Any]:
    kind = response.headers.get("Content-Type", "")
    body = response.json() if "json" in kind and response.content else response.text
    # Logic Apps looks headers up by the name that is usual, whatever the server's case is.
    headers = {name.title(): value for name, value in response.headers.items()}
    outputs = {"statusCode": response.status_code, "headers": headers, "body": body}
    if response.status_code < _FIRST_ERROR:
        return _ended("Succeeded", outputs=outputs)
    return _ended("Failed", outputs=outputs, code=response.reason_phrase.replace(" ", ""))


def _ended(status: str, *, outputs: Any = None, code: str = "", message: str = "") -> dict[str, Any]:
    result: dict[str, Any] = {"status": status}
    if outputs is not None:
        result["outputs"] = outputs
    if code:
        result["code"] = code
    if message:
        result["error"] = {"code": code, "message": message}
    return result
