"""Tasks on a pool of Azure Batch, by its REST API of version 2025-06-01."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp

from textnlp.domain.compute.task_job import PoolJob, PoolTask, TaskState
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.access_tokens import BATCH, AccessTokens

_VERSION = {"api-version": "2025-06-01"}
_MEDIA_TYPE = "application/json; odata=minimalmetadata"
_MOST_AT_ONCE = 100
_PATIENCE = aiohttp.ClientTimeout(total=60)
_STATES = {"active": TaskState.WAITING, "preparing": TaskState.WAITING, "running": TaskState.RUNNING}
_KINDS = {
    HTTPStatus.BAD_REQUEST: ErrorKind.INVALID_INPUT,
    HTTPStatus.UNAUTHORIZED: ErrorKind.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: ErrorKind.FORBIDDEN,
    HTTPStatus.NOT_FOUND: ErrorKind.NOT_FOUND,
    HTTPStatus.CONFLICT: ErrorKind.CONFLICT,
}
_ROLE = "Give this identity the role Azure Batch Data Contributor on the account."


class AzureBatchTaskPool:
    """Satisfies the `TaskPool` port; signs in with tokens of Entra ID, so that the account needs no keys."""

    def __init__(self, address: str, *, tokens: AccessTokens) -> None:
        """Connect to nothing yet; `address` is that of the account, as https://NAME.REGION.batch.azure.com."""
        self._address = address.rstrip("/")
        self._tokens = tokens
        self._session: aiohttp.ClientSession | None = None

    async def create(self, job: PoolJob) -> None:
        """Begin a job without tasks."""
        await self._ask("POST", "/jobs", job.document())

    async def add(self, job_id: str, tasks: Sequence[PoolTask]) -> None:
        """Add tasks, up to a hundred with one call."""
        for first in range(0, len(tasks), _MOST_AT_ONCE):
            body = {"value": [task.document() for task in tasks[first : first + _MOST_AT_ONCE]]}
            answer = await self._ask("POST", f"/jobs/{job_id}/addtaskcollection", body)
            for each in answer["value"]:
                error: Mapping[str, Any] = each.get("error") or {}
                if each["status"] != "success" and error.get("code") != "TaskExists":
                    raise TextNLPError(
                        f"Azure Batch did not take task {each['taskId']}: {error.get('code')}.",
                        kind=ErrorKind.UNAVAILABLE if each["status"] == "servererror" else ErrorKind.INVALID_INPUT,
                    )

    async def states(self, job_id: str) -> Mapping[str, TaskState]:
        """Return how far each task is, page by page."""
        found: dict[str, TaskState] = {}
        link: str | None = f"/jobs/{job_id}/tasks?$select=id,state,executionInfo"
        while link:
            page = await self._ask("GET", link)
            found.update({each["id"]: _state_of(each) for each in page["value"]})
            following = page.get("odata.nextLink")
            link = following.removeprefix(self._address) if following else None
        return found

    async def remove(self, job_id: str) -> None:
        """End a job; the service takes its time for it, which nobody has to wait for."""
        try:
            await self._ask("DELETE", f"/jobs/{job_id}")
        except TextNLPError as error:
            if error.kind not in {ErrorKind.NOT_FOUND, ErrorKind.CONFLICT}:
                raise

    async def aclose(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_PATIENCE)
        token = await self._tokens.token(BATCH)
        headers = {"Authorization": f"Bearer {token.value}", "Content-Type": _MEDIA_TYPE}
        place = self._address + path
        # The link to a following page has the version in it.
        version = None if "api-version=" in path else _VERSION
        try:
            async with self._session.request(method, place, json=body, headers=headers, params=version) as answer:
                document = await answer.json(content_type=None) if answer.status != HTTPStatus.ACCEPTED else None
                if answer.status >= HTTPStatus.BAD_REQUEST:
                    raise _refused(answer.status, document)
                return document
        except (TimeoutError, aiohttp.ClientError, ValueError) as exc:
            raise TextNLPError(
                "Azure Batch cannot be reached.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Check the account's address, its private endpoint and the network's way out."),
            ) from exc


def _state_of(task: Mapping[str, Any]) -> TaskState:
    if task["state"] != "completed":
        return _STATES.get(task["state"], TaskState.WAITING)
    information: Mapping[str, Any] = task.get("executionInfo") or {}
    is_good = information.get("result") == "success" and information.get("exitCode") == 0
    return TaskState.DONE if is_good else TaskState.FAILED


def _refused(status: int, document: Any) -> TextNLPError:
    code = document.get("code", "") if isinstance(document, dict) else ""  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]
    kind = _KINDS.get(HTTPStatus(status), ErrorKind.UNAVAILABLE)
    hint = _ROLE if kind in {ErrorKind.UNAUTHENTICATED, ErrorKind.FORBIDDEN} else None
    facts = ErrorFacts(hint=hint, status_code=status)
    return TextNLPError(f"Azure Batch answers {status} {code}.", kind=kind, facts=facts)
