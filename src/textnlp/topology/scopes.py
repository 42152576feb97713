"""Permissions: what a caller may be granted, as a person (scope) or as an application (role)."""

from dataclasses import dataclass
from enum import StrEnum

READ = "TextGeneration.Read"
WRITE = "TextGeneration.Write"
READ_ALL = "TextGeneration.Read.All"
READ_WRITE_ALL = "TextGeneration.ReadWrite.All"
ADMIN = "Platform.Admin"

EVERY_GRANT = (READ, WRITE, ADMIN)
"""All that a caller can be granted."""

AUDIENCE = "api://textnlp"


class PermissionKind(StrEnum):
    """How a permission reaches a token: `SCOPE` in `scp` on behalf of a person, `ROLE` in `roles`."""

    SCOPE = "scope"
    ROLE = "role"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Permission:
    """A permission as it stands in a token.

    Attributes:
        id: UUID under which the directory knows it: version 5, in the name space for URLs, of
            `api://textnlp/<value>`, so that every rendering and every directory gets the same.
        grants: what a token with it may do, in terms of `READ`, `WRITE` and `ADMIN`.
    """

    value: str
    id: str
    kind: PermissionKind
    display_name: str
    description: str
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Application:
    """The platform as the directory knows it.

    Attributes:
        audience: the identifier URI; tokens of version 2 carry the client id in its place, both are accepted.
        sign_in_audience: whose accounts may sign in.
        access_token_version: version of the tokens the directory issues for it.
        clock_leeway_seconds: how far the clocks of issuer and platform may be apart.
        graph_application_id: application id of Microsoft Graph.
        graph_scope_ids: scopes of Microsoft Graph it asks for, as name and id.
    """

    display_name: str
    audience: str
    sign_in_audience: str
    access_token_version: int
    clock_leeway_seconds: int
    graph_application_id: str
    graph_scope_ids: tuple[tuple[str, str], ...]


APPLICATION = Application(
    display_name="TextNLP Platform",
    audience=AUDIENCE,
    sign_in_audience="AzureADMyOrg",
    access_token_version=2,
    clock_leeway_seconds=60,
    graph_application_id="00000003-0000-0000-c000-000000000000",
    graph_scope_ids=(("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),),
)

PERMISSIONS = (
    Permission(
        value=ADMIN,
        id="84cb9595-6834-5a4b-bb00-9b5cb45c844b",
        kind=PermissionKind.ROLE,
        display_name="Administer the platform",
        description="Read and change everything of every tenant, and operate the platform.",
        grants=(ADMIN, READ, WRITE),
    ),
    Permission(
        value=READ,
        id="87cab827-48d0-5115-aad8-5ec2ab3e60ab",
        kind=PermissionKind.SCOPE,
        display_name="Read text generations",
        description="Read generations, batches and datasets on behalf of the signed-in person.",
        grants=(READ,),
    ),
    Permission(
        value=READ_ALL,
        id="5fc61924-4831-5dcc-afa1-88de066528f9",
        kind=PermissionKind.ROLE,
        display_name="Read all text generations",
        description="Read generations, batches and datasets as an application.",
        grants=(READ,),
    ),
    Permission(
        value=READ_WRITE_ALL,
        id="d26c70d3-e9ef-5a93-81b4-ed16898a3ff1",
        kind=PermissionKind.ROLE,
        display_name="Read and create all text generations",
        description="Read, create and cancel generations, batches and datasets as an application.",
        grants=(READ, WRITE),
    ),
    Permission(
        value=WRITE,
        id="75f5b657-788c-5418-a1c3-ddcd1adac492",
        kind=PermissionKind.SCOPE,
        display_name="Create text generations",
        description="Create and cancel generations, batches and datasets on behalf of the signed-in person.",
        grants=(WRITE,),
    ),
)
