"""The process that looks at what models answered."""

import asyncio
import logging

from textnlp.application.fail_dead_validations import fail_dead_validations
from textnlp.application.validation_ports import ValidationPorts
from textnlp.application.work_validations import ValidationWorker
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0
_SWEEP_SECONDS = 30.0


async def serve_validations(platform: Platform) -> None:
    """Look at rows until cancelled; what breaks on one validation does not stop the others."""
    ports = platform.validation_ports
    while True:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(ValidationWorker(ports).run(), name="validation worker")
                tasks.create_task(_sweep(ports), name="dead validations")
        except* Exception:  # noqa: BLE001  whatever it is, the messages in hand are delivered again
            _LOG.exception("The validation worker is started again.")
        await platform.clock.sleep(_PAUSE_SECONDS)


async def _sweep(ports: ValidationPorts) -> None:
    """Account from time to time for validations that the queue has given up."""
    while True:
        try:
            await fail_dead_validations(ports)
        except TextNLPError as error:
            _LOG.warning("Validations that were given up could not be looked for: %s", error.message)
        await ports.clock.sleep(_SWEEP_SECONDS)
