"""Post events to webhooks, again and again until they are taken or given up."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.webhooks.model import Attempt, DeliveryClaim
from textnlp.domain.webhooks.rules import is_success, judge
from textnlp.domain.webhooks.signature import signed_headers

_LOG = logging.getLogger(__name__)
_LANES = 16
_LOOK_SECONDS = 0.5
_PAUSE_AFTER_ERROR_SECONDS = 1.0
_LEASE_MARGIN_SECONDS = 45.0
"""Room in a lease for storing the outcome, and for clocks of several workers that do not agree."""

_JSON = "application/json"


class WebhookDeliverer:
    """Posts what is due, up to `lanes` at a time, each delivery by one worker at a time.

    An attempt is logged after it was made. A worker that dies in between leaves the delivery to be posted again with
    the same id when its lease is over.

    Args:
        lanes: posts at a time.
        look_seconds: pause after there was nothing to post.
        jitter: returns a random number in [0, 1), which spreads retries.
    """

    def __init__(
        self,
        ports: WebhookPorts,
        *,
        lanes: int = _LANES,
        look_seconds: float = _LOOK_SECONDS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._ports = ports
        self._lanes = lanes
        self._look_seconds = look_seconds
        self._jitter = jitter
        self._lease = timedelta(seconds=ports.timeout_seconds + _LEASE_MARGIN_SECONDS)

    async def run(self) -> None:
        """Deliver until cancelled; a store that is away is asked again."""
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as tasks:
            while True:
                claims = await self._claimed(self._lanes - len(under_way))
                for claim in claims:
                    task = tasks.create_task(self._deliver(claim), name="webhook delivery")
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                if not claims:
                    await self._ports.clock.sleep(self._look_seconds)
                elif len(under_way) >= self._lanes:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)

    async def _claimed(self, limit: int) -> Sequence[DeliveryClaim]:
        if limit <= 0:
            return ()
        now = self._ports.clock.now()
        try:
            return await self._ports.deliveries.claim(now=now, until=now + self._lease, limit=limit)
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise
            await self._ports.clock.sleep(_PAUSE_AFTER_ERROR_SECONDS)
            return ()

    async def _deliver(self, claim: DeliveryClaim) -> None:
        ports, delivery = self._ports, claim.delivery
        attempt, retry_after_seconds = await self._attempt(claim)
        verdict = judge(
            attempt,
            failures=delivery.failures,
            failing_since=claim.webhook.failing_since,
            retry_after_seconds=retry_after_seconds,
            jitter=self._jitter(),
        )
        try:
            await ports.deliveries.settle(claim, attempt, verdict)
        except TextNLPError as error:
            _LOG.warning("Attempt %d of %s could not be logged: %s", attempt.number, delivery.id, error.message)
            return
        if verdict.disabled_reason is not None:
            _LOG.warning("%s is disabled: %s", delivery.webhook_id, verdict.disabled_reason)

    async def _attempt(self, claim: DeliveryClaim) -> tuple[Attempt, float | None]:
        """Post once; return the attempt, and how long the receiver asks to wait."""
        ports, delivery = self._ports, claim.delivery
        number, at, began = delivery.attempt_count + 1, ports.clock.now(), ports.clock.monotonic()
        headers = signed_headers(claim.secrets, message_id=delivery.id, at=at, body=delivery.body)
        try:
            answer = await ports.transport.post(
                claim.webhook.terms.url, headers=headers | {"Content-Type": _JSON}, body=delivery.body
            )
        except TextNLPError as error:
            took = ports.clock.monotonic() - began
            return Attempt(number=number, at=at, duration_seconds=took, error=error.message), None
        attempt = Attempt(
            number=number,
            at=at,
            duration_seconds=ports.clock.monotonic() - began,
            status_code=answer.status_code,
            error=None if is_success(answer.status_code) else f"The receiver answered {answer.status_code}.",
            response=answer.response,
        )
        return attempt, answer.retry_after_seconds
