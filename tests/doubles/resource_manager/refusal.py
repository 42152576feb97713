"""What Resource Manager answers to what it does not take."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Refusal(Exception):  # noqa: N818  the word of Resource Manager's answers
    """An error as Azure writes it: `{"error": {code, message, target, details}}`."""

    code: str
    message: str
    target: str | None = None
    details: tuple["Refusal", ...] = ()
    status: int = 400

    def document(self) -> dict[str, Any]:
        """Return the inner error."""
        said: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target:
            said["target"] = self.target
        if self.details:
            said["details"] = [detail.document() for detail in self.details]
        return said
