"""The policy of the product: how much one caller may use."""

from textnlp.topology.declaration import Topology
from textnlp.topology.limits import PERIODS_BEGIN_AT, QUOTA, RATE_LIMIT, TOKEN_LIMIT
from textnlp_infra.api_policies import expressions as csharp
from textnlp_infra.api_policies.element import base, choose, document, element, when
from textnlp_infra.api_policies.operation import Operations, model_calls

PRODUCT = "textnlp"
"""The product that holds all APIs; it needs no subscription, since callers are known by their tokens."""

_SLIDING_SECONDS = 300
_MINUTE = 60


def product_policy(topology: Topology, operations: Operations) -> str:
    """Return the document of the product.

    Tokens come first: they are counted after the answer, so that a call which waits for them takes no other limit.
    Raises `ValueError` for limits that the policies of API Management cannot keep.
    """
    rate, quota, tokens = (topology.call_limit(name) for name in (RATE_LIMIT, QUOTA, TOKEN_LIMIT))
    if rate.renewal_seconds > _SLIDING_SECONDS or quota.renewal_seconds < _SLIDING_SECONDS:
        raise ValueError(
            f"limits '{rate.name}' and '{quota.name}' renew every {rate.renewal_seconds} and {quota.renewal_seconds} "
            f"seconds; rate-limit-by-key takes at most {_SLIDING_SECONDS}, quota-by-key at least as many"
        )
    if tokens.renewal_seconds != _MINUTE:
        raise ValueError(f"limit '{tokens.name}' renews every {tokens.renewal_seconds} seconds, llm-token-limit in 60")
    key = csharp.expression(csharp.variable(csharp.CALLER))
    token_limit = element(
        "llm-token-limit",
        counter_key=key,
        tokens_per_minute=str(tokens.allowed),
        estimate_prompt_tokens="false",
        retry_after_variable_name=csharp.RETRY_AFTER,
    )
    return document(
        inbound=[
            base(),
            choose(when(csharp.expression(csharp.is_operation(model_calls(operations))), token_limit)),
            element(
                "rate-limit-by-key",
                calls=str(rate.allowed),
                renewal_period=str(rate.renewal_seconds),
                counter_key=key,
                retry_after_variable_name=csharp.RETRY_AFTER,
            ),
            element(
                "quota-by-key",
                calls=str(quota.allowed),
                renewal_period=str(quota.renewal_seconds),
                counter_key=key,
                first_period_start=PERIODS_BEGIN_AT,
            ),
        ],
        backend=[base()],
        outbound=[base()],
        on_error=[base()],
    )
