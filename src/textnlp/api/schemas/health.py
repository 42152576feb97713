"""Whether the platform lives, and whether it can work."""

from typing import Any, ClassVar, Literal

import msgspec


class HealthRead(msgspec.Struct, kw_only=True):
    """The process answers."""

    status: Literal["ok"] = "ok"
    version: str

    EXAMPLE: ClassVar[dict[str, Any]] = {"status": "ok", "version": "0.1.0"}


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

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "status": "ready",
        "parts": [{"name": "database", "is_ready": True}, {"name": "engine", "is_ready": True}],
    }
    NOT_READY: ClassVar[dict[str, Any]] = {
        "status": "not_ready",
        "parts": [
            {"name": "database", "is_ready": True},
            {
                "name": "engine",
                "is_ready": False,
                "code": "unavailable",
                "detail": "http://127.0.0.1:11434 does not answer.",
                "hint": "Check that it runs.",
            },
        ],
    }
