"""Versions of models that the platform keeps."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from textnlp.domain.registry.model import ModelOrigin, ModelStage, RegisteredModel


class ModelFileRead(msgspec.Struct, kw_only=True):
    """A file of a version; `sha256` is of all its bytes, in hexadecimal."""

    name: str
    size_bytes: int
    sha256: str


class RegisteredModelRead(msgspec.Struct, kw_only=True):
    """A version of a model.

    Attributes:
        base: the model that it was tuned from, empty where it is none's.
        provider_model: what a provider calls it, where it runs there; else empty.
        stage: how far it is trusted; one version of a model is in production at most.
    """

    name: str
    version: int
    origin: ModelOrigin
    stage: ModelStage
    base: str
    provider_model: str
    description: str
    created_at: datetime
    files: list[ModelFileRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "reviews-tuned",
        "version": 3,
        "origin": "fine-tuned",
        "stage": "staging",
        "base": "smollm2-135m",
        "provider_model": "",
        "description": "Tuned on accepted product reviews.",
        "created_at": "2026-11-20T09:30:00Z",
        "files": [
            {
                "name": "weights.gguf",
                "size_bytes": 98362432,
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            },
        ],
    }


class RegisteredModelsRead(msgspec.Struct, kw_only=True):
    """The versions of models that the platform keeps, by name and version."""

    models: list[RegisteredModelRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {"models": [RegisteredModelRead.EXAMPLE]}


class ModelPromotion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where a version goes."""

    stage: ModelStage

    EXAMPLE: ClassVar[dict[str, Any]] = {"stage": "staging"}


def read_registered_model(model: RegisteredModel) -> RegisteredModelRead:
    """Show a version."""
    return msgspec.convert(msgspec.to_builtins(model), RegisteredModelRead)
