"""Whether the platform lives, and whether it can work."""

from typing import Literal

import msgspec


class HealthRead(msgspec.Struct, kw_only=True):
    """The process answers."""

    status: Literal["ok"] = "ok"
    version: str


class PartRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One part that requests need; `detail` and `hint` say what is wrong with one that is not ready."""

    name: str
    is_ready: bool
    code: str | None = None
    detail: str | None = None
    hint: str | None = None


class ReadinessRead(msgspec.Struct, kw_only=True):
    """Whether requests can be served; not ready as long as one part is not."""

    status: Literal["ready", "not_ready"]
    parts: list[PartRead]
