"""The functions of the platform, in the Python v2 programming model: triggers here, what they do in use cases."""

from collections.abc import Awaitable, Callable

import azure.functions as func

from textnlp.functions.duties import DUTIES, Duty
from textnlp.functions.events import note_event
from textnlp.functions.files import start_batch
from textnlp.functions.hold import PlatformHold
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import PROMPTS_BATCH
from textnlp.topology.queues import GENERATION_EVENTS, MONITORING_SUB
from textnlp.topology.workloads import FUNCTIONS

PROMPTS_CONNECTION = "PromptsStorage"
"""Prefix of the app settings that say where files of prompts lie, and as whom they are read."""

MESSAGES_CONNECTION = "ServiceBusConnection"
"""Prefix of the app settings that say where the queues are, and as whom they are received from."""

START_BATCH = "start-batch"
NOTE_EVENT = "note-event"

_RETRIES = 3
_FIRST_PAUSE = "00:00:05"
_LONGEST_PAUSE = "00:01:00"


def build_app(hold: PlatformHold) -> func.FunctionApp:
    """Return the app, its functions indexed and nothing connected.

    A file is read from the store, not from what the trigger carries: its bytes are streamed, and its etag tells whether
    it was taken in before. Retries of a file are the host's, which keeps the event; those of timers are declared here.
    """
    app = func.FunctionApp()

    @app.function_name(START_BATCH)
    @app.blob_trigger(  # pyright: ignore[reportUnknownMemberType]  its further arguments have no type
        arg_name="file",
        path=f"{PROMPTS_BATCH}/{{name}}",
        connection=PROMPTS_CONNECTION,
        source=func.BlobSource.EVENT_GRID,
    )
    async def take_file(file: func.InputStream) -> None:  # pyright: ignore[reportUnusedFunction]  the app has it
        await start_batch(hold, file.name or "")

    @app.function_name(NOTE_EVENT)
    @app.service_bus_topic_trigger(
        arg_name="message",
        connection=MESSAGES_CONNECTION,
        topic_name=GENERATION_EVENTS,
        subscription_name=MONITORING_SUB,
    )
    async def take_event(message: func.ServiceBusMessage) -> None:  # pyright: ignore[reportUnusedFunction]  as above
        note_event(message.get_body())

    for name, schedule in TOPOLOGY.process(FUNCTIONS).timers:
        if name in DUTIES:
            _add_timer(app, name, schedule=schedule, run=_duty_of(hold, DUTIES[name]))
    return app


def _duty_of(hold: PlatformHold, duty: Duty) -> Callable[[func.TimerRequest], Awaitable[None]]:
    async def run(timer: func.TimerRequest) -> None:  # noqa: ARG001  the binding's name
        await duty(hold)

    return run


def _add_timer(
    app: func.FunctionApp, name: str, *, schedule: str, run: Callable[[func.TimerRequest], Awaitable[None]]
) -> None:
    retried = app.retry(
        strategy="exponential_backoff",
        max_retry_count=str(_RETRIES),
        minimum_interval=_FIRST_PAUSE,
        maximum_interval=_LONGEST_PAUSE,
    )
    timed = app.timer_trigger(arg_name="timer", schedule=schedule, run_on_startup=False, use_monitor=True)
    app.function_name(name)(timed(retried(run)))
