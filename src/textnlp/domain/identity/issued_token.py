"""What an issuer of tokens hands out."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A signed token.

    Attributes:
        text: what follows `Bearer `.
        expires_in_seconds: how long it is valid from now on.
        scope: the permissions in it, separated by spaces.
    """

    text: str = field(repr=False)
    expires_in_seconds: int
    scope: str
