"""Calls functions as the Functions host has its worker do: through the decoders of their bindings."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import azure.functions as func
from azure.functions import meta

from tests.doubles.trigger_data import TriggerData, blob_written, message_sent, timer_due

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
        await self._call(name, timer_due())

    async def put_file(self, name: str, *, path: str, data: bytes) -> None:
        """Tell a function of a blob that was written."""
        await self._call(name, blob_written(path, data))

    async def send(self, name: str, body: bytes) -> None:
        """Deliver a message of Service Bus to a function."""
        await self._call(name, message_sent(body))

    async def _call(self, name: str, brought: TriggerData) -> None:
        binding = self.binding(name)
        converter = cast("Any", meta.get_binding_registry()).get(binding["type"])
        metadata = {key: _datum(value) for key, value in brought.metadata.items()}
        argument = converter.decode(_datum(brought), trigger_metadata=metadata)
        run = cast("Trigger", self._functions[name].get_user_function())
        await run(**{binding["name"]: argument})


def _datum(data: TriggerData) -> meta.Datum:
    return meta.Datum(data.value, data.kind)
