"""Secrets that a test changes while they are in use."""


class HeldSecrets:
    """Satisfies the `SecretSource` port; what was read once is told again until it is doubted.

    Attributes:
        values: what a read finds, by name.
        reads: how many found it.
    """

    def __init__(self, **values: str) -> None:
        self.values = values
        self.reads = 0
        self._kept: dict[str, str] = {}

    async def read(self, name: str) -> str:
        if name not in self._kept:
            self.reads += 1
            self._kept[name] = self.values[name]
        return self._kept[name]

    def forget(self, name: str) -> None:
        self._kept.pop(name, None)
