"""What a program asks for when it sends a person to sign in (RFC 6749 section 4.1.1, RFC 7636, RFC 9700)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.identity.oauth_client import OAuthClient, find_oauth_client, is_redirect_of
from textnlp.domain.identity.principal import grants_of
from textnlp.domain.identity.refusals import shown
from textnlp.domain.identity.sign_in import is_challenge
from textnlp.topology.catalog import TOPOLOGY

OPENID = "openid"
"""Scope that asks for an id token (OpenID Connect Core 1.0)."""

OFFLINE_ACCESS = "offline_access"
"""Scope that asks for refresh tokens (OpenID Connect Core 1.0, section 11)."""

FIELDS = (
    *("response_type", "client_id", "redirect_uri", "scope", "state"),
    *("code_challenge", "code_challenge_method", "nonce", "prompt", "response_mode"),
)
"""The parameters that count; others are passed over, as RFC 6749 wants."""

_EVERYTHING = ".default"
_MOST_CHARACTERS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that may be shown to a person.

    Attributes:
        client: who asks.
        redirect_uri: where the answer goes; one of the client's own.
        grants: what is asked for, None for all that the person may do.
    """

    client: OAuthClient
    redirect_uri: str
    state: str
    challenge: str
    nonce: str
    grants: frozenset[str] | None
    wants_identity: bool
    wants_refresh: bool


def addressee_of(fields: Mapping[str, str], *, base_url: str) -> OAuthClient:
    """Return who asks; raise `INVALID_INPUT` for an unknown client or an address that is not its own.

    Such a request must not be answered by sending the person on: who made it is not known.
    """
    client = find_oauth_client(fields.get("client_id", ""))
    if client is None:
        raise invalid_input(f"No program is known as {shown(fields.get('client_id', ''))}.", field="client_id")
    uri = fields.get("redirect_uri", "")
    if not is_redirect_of(client, uri, base_url=base_url):
        raise invalid_input(f"{shown(uri)} is not an address of {client.name}.", field="redirect_uri")
    return client


def authorization_request(fields: Mapping[str, str], client: OAuthClient) -> AuthorizationRequest:
    """Read the rest of a request whose addressee is known; raise `INVALID_INPUT` with the parameter that is wrong."""
    for name in FIELDS:
        value = fields.get(name, "")
        if len(value) > _MOST_CHARACTERS or not value.isprintable():
            raise invalid_input(f"{name} is no printable text of at most {_MOST_CHARACTERS} characters.", field=name)
    if fields.get("response_type") != "code":
        raise invalid_input("The only response_type here is code.", field="response_type")
    if fields.get("response_mode", "query") != "query":
        raise invalid_input("The only response_mode here is query.", field="response_mode")
    if fields.get("prompt") == "none":
        raise invalid_input("Nobody stays signed in here: the person has to be asked.", field="prompt")
    if fields.get("code_challenge_method") != "S256" or not is_challenge(fields.get("code_challenge", "")):
        raise invalid_input("A code_challenge with the method S256 is needed (RFC 7636).", field="code_challenge")
    scopes = set(fields.get("scope", "").split())
    if not scopes:
        raise invalid_input("The request does not say what for: its scope is empty.", field="scope")
    return AuthorizationRequest(
        client=client,
        redirect_uri=fields["redirect_uri"],
        state=fields.get("state", ""),
        challenge=fields["code_challenge"],
        nonce=fields.get("nonce", ""),
        grants=asked_grants(scopes - {OPENID, OFFLINE_ACCESS}),
        wants_identity=OPENID in scopes,
        wants_refresh=OFFLINE_ACCESS in scopes,
    )


def asked_grants(scopes: set[str]) -> frozenset[str] | None:
    """Return what scopes ask for, None for everything; raise `INVALID_INPUT` for one that is not declared."""
    bare = {each.removeprefix(f"{TOPOLOGY.application.audience}/") for each in scopes}
    if _EVERYTHING in bare:
        return None
    try:
        return grants_of(bare)
    except TextNLPError as error:
        raise invalid_input(error.message, field="scope") from error


def answer_address(redirect_uri: str, *, issuer: str, state: str, **answer: str) -> str:
    """Return where the browser goes with the answer, which names its issuer (RFC 9207)."""
    fields = {**answer, **({"state": state} if state else {}), "iss": issuer}
    return f"{redirect_uri}?{urlencode(fields)}"
