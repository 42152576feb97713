"""Who may call a platform by the key in its data folder."""

from collections.abc import Iterable

from textnlp.adapters.identity.local_issuer import LocalIssuer
from textnlp.adapters.key_files.issuer_key import open_issuer_key
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.domain.errors import invalid_input
from textnlp.domain.identity.issued_token import IssuedToken
from textnlp.domain.identity.principal import Principal, grants_of
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.settings import Settings
from textnlp.topology.scopes import READ, WRITE

LOCAL_ISSUER = "urn:textnlp:local"
"""The issuer in tokens that the platform signs itself."""

_LOCAL_SUBJECT = "local"


def own_token(settings: Settings, permissions: Iterable[str] = ()) -> IssuedToken:
    """Sign a token for whoever uses this machine, with the key in its data folder, which is made where there is none.

    It has the permissions that are named, all but those of administrators where none is. Raises `INVALID_INPUT` for
    a permission that is not declared, and `FORBIDDEN` for a key that others can read.
    """
    named = tuple(permissions) or (READ, WRITE)
    grants = grants_of(named)
    if not grants:
        raise invalid_input("A token needs at least one permission.", field="scope")
    principal = Principal(subject=_LOCAL_SUBJECT, tenant=LOCAL_TENANT, caller=_LOCAL_SUBJECT, grants=grants)
    return local_issuer(settings).issue(principal)


def local_issuer(settings: Settings) -> LocalIssuer:
    """Return the issuer of tokens that has the key in the data folder; raises what `open_issuer_key` does."""
    return LocalIssuer(open_issuer_key(settings.data_dir), issuer=LOCAL_ISSUER, clock=SYSTEM_CLOCK)
