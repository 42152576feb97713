"""Receivers of webhooks in memory."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.public_address import require_public
from textnlp.domain.webhooks.model import KEPT_RESPONSE_BYTES
from textnlp.domain.webhooks.target import require_target
from textnlp.ports.webhook_transport import ReceiverAnswer

_FIELD = "url"
_TAKEN = ReceiverAnswer(status_code=204)


class MemoryWebhookTransport:
    """Satisfies the `WebhookTransport` port: keeps what is posted, and answers as it was told to.

    Args:
        hosts: the names that are known, with their addresses.
        allows_private: whether http, and addresses that are not public, will do.
    """

    def __init__(self, hosts: Mapping[str, Sequence[str]] | None = None, *, allows_private: bool = False) -> None:
        self._hosts = {} if hosts is None else dict(hosts)
        self._allows_private = allows_private
        self._is_closed = False
        self._answers: defaultdict[str, list[ReceiverAnswer | TextNLPError]] = defaultdict(list)
        self.posted: list[tuple[str, Mapping[str, str], bytes]] = []

    def answer(self, url: str, *answers: ReceiverAnswer | TextNLPError) -> None:
        """Give these answers to the next posts to `url`, one each; errors are raised. Others are answered with 204."""
        self._answers[url].extend(answers)

    async def check(self, url: str) -> None:
        """Return when `url` may be posted to."""
        require_target(url, allows_private=self._allows_private)
        host = urlsplit(url).hostname or ""
        addresses = self._hosts.get(host)
        if addresses is None:
            try:
                addresses = [str(ip_address(host))]
            except ValueError:
                raise invalid_input("The host of the URL is not known.", field=_FIELD) from None
        for address in addresses:
            if not self._allows_private:
                require_public(ip_address(address), field=_FIELD)

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> ReceiverAnswer:
        """Keep what is posted, and answer."""
        if self._is_closed:
            raise TextNLPError("The way out to webhooks is closed.", kind=ErrorKind.UNAVAILABLE)
        await self.check(url)
        self.posted.append((url, dict(headers), body))
        answers = self._answers[url]
        answer = answers.pop(0) if answers else _TAKEN
        if isinstance(answer, TextNLPError):
            raise answer
        return ReceiverAnswer(
            status_code=answer.status_code,
            response=answer.response[:KEPT_RESPONSE_BYTES],
            retry_after_seconds=answer.retry_after_seconds,
        )

    async def aclose(self) -> None:
        """Take nothing any more."""
        self._is_closed = True
