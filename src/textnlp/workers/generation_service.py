"""The process that writes the generations that wait in the queue."""

import logging
from functools import partial

from textnlp.application.batch_ports import EngineFinder
from textnlp.application.write_generations import GenerationWriter
from textnlp.bootstrap.platform import Platform
from textnlp.domain.generation.record import GenerationRecord
from textnlp.domain.usage.account import Account

_LOG = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0


async def serve_generations(platform: Platform) -> None:
    """Write generations until cancelled; what one of them breaks on does not stop the others.

    Those that were begun then have the platform's time to drain to end, before they are given back.
    """
    engine = platform.engines.find(platform.default_model)
    while True:
        writer = GenerationWriter(
            platform.generation_ports,
            engines_for=partial(_charged_to, platform),
            lanes=engine.max_concurrency,
            drain_seconds=platform.drain_seconds,
            settled=platform.gateway.recorder.settled,
        )
        try:
            await writer.run()
        except* Exception:  # noqa: BLE001  whatever it is, the messages in hand are delivered again
            _LOG.exception("The generation worker is started again.")
        await platform.clock.sleep(_PAUSE_SECONDS)


def _charged_to(platform: Platform, record: GenerationRecord) -> EngineFinder:
    account = Account(tenant=record.tenant, caller=record.caller, route="generate.async")
    return partial(platform.charged_engine, account=account)
