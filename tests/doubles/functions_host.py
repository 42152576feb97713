"""Calls functions as the Functions host has its worker do: through the decoders of their bindings."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import azure.functions as func
from azure.functions import meta

Trigger = Callable[..., Awaitable[None]]


class FunctionsHost:
    """Has indexed an app, and hands what a trigger brings to the function of a name."""

    def __init__(self, app: func.FunctionApp) -> None:
        self._functions = {each.get_function_name(): each for each in cast("list[Any]", app.get_functions())}

    @property
    def names(self) -> set[str]:
        """Names of all functions."""
        return set(self._functions)

    def binding(self, name: str) -> dict[str, Any]:
        """The one binding of a function, as the host reads it."""
        (binding,) = json.loads(self._functions[name].get_function_json())["bindings"]
        return binding

    def retries(self, name: str) -> dict[str, Any]:
        """What a function declares about retries; empty for nothing."""
        settings = self._functions[name].get_settings_dict("retry_policy")
        return dict(settings or {})

    async def tick(self, name: str) -> None:
        """Let the timer of a function go off."""
        due = {"IsPastDue": False, "Schedule": {"AdjustForDST": True}, "ScheduleStatus": {}}
        await self._call(name, meta.Datum(json.dumps(due), "json"), {})

    async def put_file(self, name: str, *, path: str, data: bytes) -> None:
        """Tell a function of a blob that was written."""
        metadata = {
            "BlobTrigger": meta.Datum(path, "string"),
            "Uri": meta.Datum(f"https://account.example/{path}", "string"),
            "Properties": meta.Datum(json.dumps({"ContentLength": len(data)}), "json"),
            "Metadata": meta.Datum("{}", "json"),
        }
        await self._call(name, meta.Datum(data, "bytes"), metadata)

    async def send(self, name: str, body: bytes) -> None:
        """Deliver a message of Service Bus to a function."""
        metadata = {"UserProperties": meta.Datum("{}", "json"), "MessageId": meta.Datum("m-1", "string")}
        await self._call(name, meta.Datum(body, "bytes"), metadata)

    async def _call(self, name: str, data: meta.Datum, metadata: dict[str, meta.Datum]) -> None:
        binding = self.binding(name)
        converter = cast("Any", meta.get_binding_registry()).get(binding["type"])
        argument = converter.decode(data, trigger_metadata=metadata)
        run = cast("Trigger", self._functions[name].get_user_function())
        await run(**{binding["name"]: argument})
