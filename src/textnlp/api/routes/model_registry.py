"""Versions of models that the platform keeps."""

from http import HTTPStatus
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath

from textnlp.api.dependencies import services_of
from textnlp.api.openapi import described
from textnlp.api.request_body import read_document
from textnlp.api.schemas.registered_model import (
    ModelPromotion,
    RegisteredModelRead,
    RegisteredModelsRead,
    read_registered_model,
)
from textnlp.application.model_registry import ModelRegistry
from textnlp.domain.errors import ErrorKind, TextNLPError, not_found
from textnlp.topology.scopes import ADMIN, READ

MODEL_REGISTRY = "/api/v1/models/registry"


@get(
    MODEL_REGISTRY,
    summary="List versions of models that are kept",
    opt=described(operation="list_registered_models", grant=READ, answer=RegisteredModelsRead),
)
async def list_registered_models(request: Request[Any, Any, Any]) -> RegisteredModelsRead:
    """List the versions of models that the platform keeps, with the stage and the hashes of each."""
    return RegisteredModelsRead(models=[read_registered_model(each) for each in await _registry(request).models()])


@post(
    f"{MODEL_REGISTRY}/{{name:str}}/versions/{{version:str}}/promote",
    status_code=HTTPStatus.OK,
    summary="Promote a version of a model",
    opt=described(
        operation="promote_model",
        grant=ADMIN,
        body=ModelPromotion,
        answer=RegisteredModelRead,
        raises=(ErrorKind.NOT_FOUND, ErrorKind.CONFLICT),
    ),
)
async def promote_model(
    request: Request[Any, Any, Any], name: FromPath[str], version: FromPath[str]
) -> RegisteredModelRead:
    """Let a version go to a stage, once its files were found to be what was registered.

    From candidate to staging, from there to production; the version that was in production before is retired.
    """
    limits = services_of(request.scope).limits
    asked = await read_document(request, ModelPromotion, max_bytes=limits.max_request_body_bytes)
    number = _number(version)
    try:
        return read_registered_model(await _registry(request).promote(name, number, stage=asked.stage))
    except TextNLPError as error:
        if error.kind is ErrorKind.INVALID_INPUT:
            raise not_found(error.message) from error
        raise


def _number(text: str) -> int:
    """Read a version in a path; one that cannot be read is at a path where nothing is."""
    if not (text.isascii() and text.isdecimal()) or len(text) > len("99999"):
        raise not_found(f"There is no version {text} of a model.")
    return int(text)


def _registry(request: Request[Any, Any, Any]) -> ModelRegistry:
    services = services_of(request.scope)
    return ModelRegistry(services.batch_ports.blobs, clock=services.platform.clock)
