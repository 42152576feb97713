"""Values that no one knows before Azure has made the resource they are told by."""


class RuntimeValue(str):
    """Stands for a value that is known at deployment only; whatever asks for a part of it gets another of these."""

    __slots__ = ()

    def part(self, path: str) -> "RuntimeValue":
        """Return what stands for a part of the value."""
        return RuntimeValue(f"{self}{path}")
