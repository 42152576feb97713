"""What a check finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that would not work, or should not be.

    Attributes:
        where: stack, deployment, type and name.
        what: the fault, with the value as it stands.
        advice: what to write.
    """

    where: str
    what: str
    advice: str

    def as_document(self) -> dict[str, str]:
        """Return it as JSON."""
        return {"where": self.where, "what": self.what, "advice": self.advice}
