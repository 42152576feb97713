"""The process of a worker: has the Python worker of Azure Functions index an app and run functions.

Reads JSON from standard input: `directory` of the app, and `calls`, each the name of a `function`, the `data` of its
trigger, and `metadata`. All calls are made at once, as a host makes them. Writes JSON to standard output: what the
worker answered to being started, which functions it found, and its answer to each call. Logs go to standard error.

The part of the worker that speaks gRPC with the host is in Azure's image and in no registry; this process stands for
it. Every message is encoded and decoded on its way, as gRPC does.
"""

import asyncio
import importlib
import json
import logging
import sys
from dataclasses import dataclass, field
from typing import Any, cast

from google.protobuf import json_format

from tests.doubles.functions_worker.messages import build_messages

_MESSAGES = build_messages()
_RUNTIME = cast("Any", importlib.import_module("azure_functions_runtime"))


@dataclass
class _Request:
    """What the gRPC part of the worker hands on."""

    name: str
    request: Any
    properties: dict[str, Any] = field(default_factory=lambda: {"host": "127.0.0.1", "protos": _MESSAGES})


async def _ask(kind: str, content: dict[str, Any]) -> Any:
    message = json_format.ParseDict({"request_id": kind, kind: content}, _MESSAGES.StreamingMessage())
    received = _MESSAGES.StreamingMessage.FromString(message.SerializeToString())
    answer = await getattr(_RUNTIME, kind)(_Request(kind, received))
    answer.ParseFromString(answer.SerializeToString())
    return answer


async def _invoke(found: Any, number: int, call: dict[str, Any]) -> Any:
    (parameter,) = found.bindings
    return await _ask(
        "invocation_request",
        {
            "invocation_id": f"call-{number}",
            "function_id": found.function_id,
            "input_data": [{"name": parameter, "data": call["data"]}],
            "trigger_metadata": call["metadata"],
        },
    )


async def _work(directory: str, calls: list[dict[str, Any]]) -> dict[str, Any]:
    _RUNTIME.start_threadpool_executor()
    started = await _ask("worker_init_request", {"host_version": "4.0", "function_app_directory": directory})
    if started.result.status != _MESSAGES.StatusResult.Success:
        raise SystemExit(started.result.exception.stack_trace)
    indexed = await _ask("functions_metadata_request", {"function_app_directory": directory})
    found = {each.name: each for each in indexed.function_metadata_results}
    loaded = [await _ask("function_load_request", {"function_id": each.function_id}) for each in found.values()]
    answers = await asyncio.gather(
        *(_invoke(found[call["function"]], number, call) for number, call in enumerate(calls))
    )
    return {
        "started": _as_json(started),
        "functions": {name: _as_json(each) for name, each in found.items()},
        "loaded": [_as_json(each) for each in loaded],
        "answers": [_as_json(each) for each in answers],
    }


def _as_json(message: Any) -> dict[str, Any]:
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def main() -> None:
    """Do what standard input says, and say what came of it."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    asked = json.load(sys.stdin)
    sys.path.insert(0, asked["directory"])
    json.dump(asyncio.run(_work(asked["directory"], asked["calls"])), sys.stdout)


if __name__ == "__main__":
    main()
