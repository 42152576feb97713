"""The global policy: who calls, and whether they may; what leaves, and what is answered when something fails."""

import xml.etree.ElementTree as ET

from textnlp.topology.declaration import Topology
from textnlp.topology.scopes import PermissionKind
from textnlp_infra.api_policies import expressions as csharp
from textnlp_infra.api_policies.element import (
    choose,
    document,
    drop_header,
    element,
    flag,
    listed,
    set_header,
    set_variable,
    when,
)
from textnlp_infra.api_policies.failures import answer_failures
from textnlp_infra.api_policies.operation import Operations
from textnlp_infra.api_policies.refusal import FORBIDDEN, UNAUTHENTICATED, Refusal, answer, standing_headers

NAMED_VALUES = ("tenant-id", "api-client-id")
"""Named values that the policies read: the directory, and the application that tokens are for."""

_AUTHORITY = "https://login.microsoftonline.com/{{tenant-id}}/v2.0"
_TOLD_BY_SERVERS = ("Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version")


def global_policy(topology: Topology, operations: Operations) -> str:
    """Return the document of the outermost scope, which runs first on the way in and last on the way out."""
    limits = topology.limits
    forward = element(
        "forward-request",
        timeout=str(limits.request_timeout_seconds),
        follow_redirects="false",
        buffer_request_body="false",
        buffer_response="false",
    )
    return document(
        inbound=[
            _cors(topology),
            set_variable(csharp.REQUEST_ID, csharp.expression(csharp.request_id())),
            set_header("X-Request-Id", csharp.expression(csharp.variable(csharp.REQUEST_ID))),
            choose(
                when(
                    csharp.expression(csharp.brings_only_a_key_header()),
                    set_header("Authorization", csharp.expression(csharp.key_header_as_bearer())),
                )
            ),
            _validate_token(topology),
            set_variable(csharp.CALLER, csharp.expression(csharp.caller())),
            *_authorise(topology, operations),
        ],
        backend=[forward],
        outbound=[*(drop_header(name) for name in _TOLD_BY_SERVERS), *standing_headers(topology)],
        on_error=answer_failures(topology),
    )


def _cors(topology: Topology) -> ET.Element:
    """Return the first policy of all: whatever answers after it, a page may read what it may."""
    declared = topology.cross_origin
    return element(
        "cors",
        listed("allowed-origins", "origin", declared.allowed_origins),
        listed(
            "allowed-methods",
            "method",
            declared.allowed_methods,
            preflight_result_max_age=str(declared.max_age_seconds),
        ),
        listed("allowed-headers", "header", declared.allowed_headers),
        listed("expose-headers", "header", declared.exposed_headers),
        allow_credentials=flag(is_on=declared.allows_credentials),
        # Calls of another origin pass without the headers that would let its page read the answer, as the service's do.
        terminate_unmatched_request="false",
    )


def _validate_token(topology: Topology) -> ET.Element:
    """Return `validate-jwt`: `validate-azure-ad-token` has no leeway for clocks that are apart."""
    application = topology.application
    return element(
        "validate-jwt",
        element("openid-config", url=f"{_AUTHORITY}/.well-known/openid-configuration"),
        listed("audiences", "audience", (application.audience, "{{api-client-id}}")),
        listed("issuers", "issuer", (_AUTHORITY,)),
        header_name="Authorization",
        failed_validation_httpcode=str(UNAUTHENTICATED.status),
        require_expiration_time="true",
        require_scheme="Bearer",
        require_signed_tokens="true",
        clock_skew=str(application.clock_leeway_seconds),
        output_token_variable_name=csharp.TOKEN,
    )


def _authorise(topology: Topology, operations: Operations) -> list[ET.Element]:
    """Return the policies that let an operation through to who is granted it; one that is not listed, to nobody."""
    nobody = Refusal(kind=UNAUTHENTICATED, detail=csharp.text("The token names nobody."))
    branches = [
        when(
            csharp.expression(csharp.is_operation(each.id for each in operations if each.grant == grant)),
            set_variable(csharp.MISSING_GRANT, grant),
            set_variable(csharp.IS_GRANTED, csharp.expression(_held(topology, grant))),
        )
        for grant in sorted({operation.grant for operation in operations})
    ]
    unlisted = [
        set_variable(csharp.MISSING_GRANT, "this operation"),
        set_variable(csharp.IS_GRANTED, csharp.expression("false")),
    ]
    detail = " + ".join(
        (
            csharp.text("The caller '"),
            csharp.variable(csharp.CALLER),
            csharp.text("' is not granted "),
            csharp.variable(csharp.MISSING_GRANT),
            csharp.text("."),
        )
    )
    return [
        choose(when(csharp.expression(csharp.names_nobody()), answer(nobody, topology=topology))),
        choose(*branches, otherwise=unlisted),
        choose(
            when(
                csharp.expression(csharp.is_not_granted()),
                answer(Refusal(kind=FORBIDDEN, detail=detail), topology=topology),
            )
        ),
    ]


def _held(topology: Topology, grant: str) -> str:
    granting = [permission for permission in topology.permissions if grant in permission.grants]
    return csharp.grants(
        scopes=[each.value for each in granting if each.kind is PermissionKind.SCOPE],
        roles=[each.value for each in granting if each.kind is PermissionKind.ROLE],
    )
