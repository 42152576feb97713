"""Failures: what the gateway answers when a policy or the way to the service fails."""

import xml.etree.ElementTree as ET

from textnlp.topology.declaration import Topology
from textnlp.topology.limits import QUOTA, RATE_LIMIT, TOKEN_LIMIT
from textnlp_infra.api_policies import expressions as csharp
from textnlp_infra.api_policies.element import choose, set_variable, when
from textnlp_infra.api_policies.refusal import (
    CONTENT_FILTERED,
    INTERNAL,
    NOT_FOUND,
    RATE_LIMITED,
    TIMEOUT,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Refusal,
    answer,
)

_FORWARDING = "forward-request"
_LIMIT_POLICIES = {RATE_LIMIT: "rate-limit-by-key", QUOTA: "quota-by-key", TOKEN_LIMIT: "llm-token-limit"}
"""The policy that keeps each limit."""


def answer_failures(topology: Topology) -> list[ET.Element]:
    """Return the policies of an `on-error` section: one answer a failure that is known, and one for all others.

    Where no operation has the path nothing else has run, so that the request's id is taken here once more. A used-up
    quota tells the seconds to wait in its response alone, which the answer replaces.
    """
    told = [
        (csharp.failed_for("OperationNotFound"), _nothing_there()),
        (csharp.failed_in("validate-jwt"), _refused_token()),
        *(
            (csharp.failed_in(_LIMIT_POLICIES[limit.name]), _used_up(topology, limit.name))
            for limit in topology.call_limits
        ),
        (csharp.failed_in("llm-content-safety"), _filtered()),
        (csharp.failed_in(_FORWARDING, reason="Timeout"), _too_slow(topology)),
        (csharp.failed_in(_FORWARDING), _away()),
    ]
    branches = [when(csharp.expression(condition), answer(refusal, topology=topology)) for condition, refusal in told]
    return [
        set_variable(csharp.REQUEST_ID, csharp.expression(csharp.request_id())),
        choose(
            when(
                csharp.expression(csharp.failed_in(_LIMIT_POLICIES[QUOTA])),
                set_variable(csharp.RETRY_AFTER, csharp.expression(csharp.wait_of_response())),
            )
        ),
        choose(*branches, otherwise=[answer(_ours(), topology=topology)]),
    ]


def _nothing_there() -> Refusal:
    detail = f"{csharp.text('There is nothing at ')} + {csharp.path()} + {csharp.text('.')}"
    return Refusal(kind=NOT_FOUND, detail=detail)


def _refused_token() -> Refusal:
    return Refusal(kind=UNAUTHENTICATED, detail=csharp.failure_message())


def _used_up(topology: Topology, name: str) -> Refusal:
    allowed = topology.call_limit(name).allowed
    detail = csharp.text(f"The limit '{name}' of {allowed:,} is used up.")
    return Refusal(kind=RATE_LIMITED, detail=detail, limit_name=name, wait=csharp.wait())


def _filtered() -> Refusal:
    return Refusal(kind=CONTENT_FILTERED, detail=csharp.text("The prompt was stopped by a content filter."))


def _too_slow(topology: Topology) -> Refusal:
    seconds = topology.limits.request_timeout_seconds
    return Refusal(kind=TIMEOUT, detail=csharp.text(f"There was no answer within {seconds} seconds."))


def _away() -> Refusal:
    return Refusal(kind=UNAVAILABLE, detail=csharp.text("The service cannot be reached."))


def _ours() -> Refusal:
    return Refusal(kind=INTERNAL, detail=csharp.text("Something went wrong inside the gateway."))
