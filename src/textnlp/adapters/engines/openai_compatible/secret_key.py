"""A key that is kept elsewhere and may be changed there while calls are made."""

from collections.abc import Callable, Mapping

from textnlp.adapters.engines.openai_compatible.authentication import Authentication, NoAuthentication
from textnlp.ports.secret_source import SecretSource


class SecretKey:
    """Satisfies `Authentication` with the secret `name` of `source`, in the header that `header` puts it in.

    Raises what the source raises, and what `header` does for a secret that no header can carry.
    """

    def __init__(self, source: SecretSource, name: str, *, header: Callable[[str], Authentication]) -> None:
        self._source = source
        self._name = name
        self._header = header
        self._value: str | None = None
        self._shown: Authentication = NoAuthentication()

    async def headers(self) -> Mapping[str, str]:
        """Return the header with the secret as it is now."""
        value = await self._source.read(self._name)
        if value != self._value:
            self._shown = self._header(value)
            self._value = value
        return await self._shown.headers()

    async def is_renewed(self, refused: Mapping[str, str]) -> bool:
        """Read the secret again; whether it is another than the one that was refused."""
        self._source.forget(self._name)
        return await self.headers() != refused

    def redact(self, text: str) -> str:
        """Return `text` with the secret blotted out."""
        return self._shown.redact(text)

    async def aclose(self) -> None:
        """Nothing is held beyond a call."""
