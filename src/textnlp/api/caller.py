"""Who makes a request, and what of the platform they see."""

import dataclasses
from collections.abc import Callable
from typing import Any

from textnlp.api.dependencies import services_of
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.dataset_ports import DatasetPorts
from textnlp.application.job_ports import JobPorts
from textnlp.application.metered_embeddings import MeteredEmbeddings
from textnlp.application.metered_engine import MeteredEngine
from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.application.submit_generation import GenerationPorts
from textnlp.application.validation_ports import ValidationPorts
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.bootstrap.dataset_runs import dataset_ports
from textnlp.domain.generation.model import Usage
from textnlp.domain.identity.principal import Principal
from textnlp.domain.identity.tenant import LOCAL_TENANT, Owner
from textnlp.domain.usage.account import Account
from textnlp.ports.template_store import TemplateStore
from textnlp.topology.scopes import ADMIN, EVERY_GRANT

_STATE_KEY = "textnlp_principal"
_TOKENS_KEY = "textnlp_tokens"

ANYBODY = Principal(
    subject="anybody",
    tenant=LOCAL_TENANT,
    caller="anybody",
    grants=frozenset(EVERY_GRANT),
)
"""Who calls a platform that asks for no credentials."""


def remember_principal(scope: Any, principal: Principal) -> None:
    """Note who makes the request."""
    state: dict[str, Any] = scope["state"]
    state[_STATE_KEY] = principal


def principal_of(scope: Any) -> Principal:
    """Return who makes a request that the doorkeeper let through."""
    state: dict[str, Any] = scope["state"]
    principal: Principal = state[_STATE_KEY]
    return principal


def find_principal(scope: Any) -> Principal | None:
    """Return who makes a request; None where the doorkeeper let nobody through."""
    state: dict[str, Any] = scope["state"]
    return state.get(_STATE_KEY)


def owner_of(scope: Any) -> Owner:
    """Return whose a thing is that a request makes."""
    principal = principal_of(scope)
    return Owner(tenant=principal.tenant, caller=principal.caller)


def engine_of(scope: Any, model: str, *, route: str) -> MeteredEngine:
    """Return the engine for `model`, whose calls are charged to the caller and counted by `tokens_used`."""
    platform = services_of(scope).platform
    return platform.charged_engine(model, _account(scope, route=route), on_usage=_counter(scope))


def embeddings_of(scope: Any, model: str, *, route: str) -> MeteredEmbeddings:
    """Return what embeds with `model`, charged and counted as the calls of `engine_of` are."""
    platform = services_of(scope).platform
    return platform.charged_embeddings(model, _account(scope, route=route), on_usage=_counter(scope))


def tokens_used(scope: Any) -> int:
    """Return the tokens that the engines of a request have used."""
    state: dict[str, Any] = scope["state"]
    return state.get(_TOKENS_KEY, 0)


def generation_ports_of(scope: Any) -> GenerationPorts:
    """Return the ports of the use cases around single generations, with those that the caller may see."""
    ports = services_of(scope).platform.generation_ports
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    return dataclasses.replace(ports, store=ports.store.for_tenant(principal.tenant))


def webhook_ports_of(scope: Any) -> WebhookPorts:
    """Return the ports of the use cases around webhooks, with the webhooks that the caller may see."""
    ports = services_of(scope).platform.webhook_ports
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    registry, deliveries = ports.registry.for_tenant(principal.tenant), ports.deliveries.for_tenant(principal.tenant)
    return dataclasses.replace(ports, registry=registry, deliveries=deliveries)


def templates_of(scope: Any) -> TemplateStore:
    """Return the templates of the caller's tenant, an administrator's too: a name means another template in each."""
    return services_of(scope).platform.templates.for_tenant(principal_of(scope).tenant)


def review_ports_of(scope: Any) -> ReviewPorts:
    """Return the ports of the use cases around reviews, with the reviews that the caller may see."""
    ports = services_of(scope).platform.review_ports
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    return dataclasses.replace(ports, store=ports.store.for_tenant(principal.tenant))


def review_caller_of(scope: Any) -> ReviewCaller:
    """Return who owns a review that a request makes, and may do what only owners may."""
    principal = principal_of(scope)
    return ReviewCaller(name=principal.subject, tenant=principal.tenant, is_admin=ADMIN in principal.grants)


def reviewer_of(scope: Any, name: str | None) -> str:
    """Return who reviews: the caller, or one of the people for whom the caller speaks.

    Their names begin with the caller's own, so that nobody answers in the name of another caller; where no
    credentials are asked for, all names are free.
    """
    principal = principal_of(scope)
    if name is None:
        return principal.subject
    return name if principal == ANYBODY else f"{principal.subject}/{name}"


def validation_ports_of(scope: Any) -> ValidationPorts:
    """Return the ports of the use cases around validations, with the validations that the caller may see."""
    ports = services_of(scope).platform.validation_ports
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    return dataclasses.replace(ports, store=ports.store.for_tenant(principal.tenant))


def job_ports_of(scope: Any) -> JobPorts:
    """Return the ports of the use cases around files and jobs, with those that the caller may see."""
    ports = services_of(scope).platform.job_ports
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    tenant = principal.tenant
    return dataclasses.replace(
        ports,
        jobs=ports.jobs.for_tenant(tenant),
        files=dataclasses.replace(ports.files, catalog=ports.files.catalog.for_tenant(tenant)),
        batches=dataclasses.replace(ports.batches, ledger=ports.batches.ledger.for_tenant(tenant)),
    )


def dataset_ports_of(scope: Any) -> DatasetPorts:
    """Return the ports of the use cases around datasets, with those that the caller may see."""
    ports = dataset_ports(services_of(scope).platform)
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    tenant = principal.tenant
    catalog = dataclasses.replace(ports.catalog, catalog=ports.catalog.catalog.for_tenant(tenant))
    return dataclasses.replace(ports, store=ports.store.for_tenant(tenant), catalog=catalog)


def ports_of(scope: Any) -> BatchPorts:
    """Return the ports of the use cases around batches, with the batches that the caller may see.

    An administrator of the platform sees every tenant's.
    """
    ports = services_of(scope).batch_ports
    principal = principal_of(scope)
    if ADMIN in principal.grants:
        return ports
    return dataclasses.replace(ports, ledger=ports.ledger.for_tenant(principal.tenant))


def _account(scope: Any, *, route: str) -> Account:
    owner = owner_of(scope)
    return Account(tenant=owner.tenant, caller=owner.caller, route=route)


def _counter(scope: Any) -> Callable[[Usage], None]:
    state: dict[str, Any] = scope["state"]

    def count(usage: Usage) -> None:
        state[_TOKENS_KEY] = state.get(_TOKENS_KEY, 0) + usage.total_tokens

    return count
