"""The Azure AI Content Safety resource that the settings name."""

import dataclasses

from textnlp.adapters.row_operators.content_safety_service import ContentSafetyResource
from textnlp.adapters.row_operators.resource_identity import SecretIdentity, TokenIdentity
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.secret_wiring import vault_name, vault_of
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.validation.service_url import require_service_url
from textnlp.settings import Settings, read_secret, variable_name


def content_safety_resource(settings: Settings, *, field: str) -> ContentSafetyResource:
    """Return the resource, asked with a token of this process where no key or token is named.

    Raise `INVALID_INPUT` with the setting that is missing as hint, and never a secret.
    """
    endpoint = settings.content_safety_endpoint
    if endpoint is None:
        raise _unset(field, f"Set {variable_name('content_safety_endpoint')} to the resource's endpoint.")
    require_service_url(endpoint, field=variable_name("content_safety_endpoint"))
    key_env, token_env = settings.content_safety_key_env, settings.content_safety_token_env
    if token_env is not None:
        return ContentSafetyResource(endpoint=endpoint, token=_secret(token_env, field=field))
    if key_env is None:
        return ContentSafetyResource(endpoint=endpoint, identity=TokenIdentity(access_tokens()))
    secret = vault_name(key_env)
    if secret is None:
        return ContentSafetyResource(endpoint=endpoint, key=_secret(key_env, field=field))
    return ContentSafetyResource(endpoint=endpoint, identity=SecretIdentity(vault_of(settings, secret), secret))


def _unset(field: str, hint: str) -> TextNLPError:
    facts = ErrorFacts(field=field, hint=hint)
    told = f"{field}: no Azure AI Content Safety resource is set up here."
    return TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=facts)


def _secret(name: str, *, field: str) -> str:
    try:
        secret = read_secret(name)
    except TextNLPError as error:
        facts = dataclasses.replace(error.facts, field=field)
        raise TextNLPError(f"{field}: {error.message}", kind=error.kind, facts=facts) from error
    if not (secret.isascii() and secret.isprintable()):
        told = f"{field}: {name} holds a character that no HTTP header can carry."
        raise TextNLPError(told, kind=ErrorKind.INVALID_INPUT, facts=ErrorFacts(field=field))
    return secret
