"""Where an endpoint is."""

from dataclasses import dataclass

from yarl import URL

from textnlp.adapters.engines.openai_compatible.azure_hosts import is_azure_openai
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_COMPLETIONS_PATH = "/chat/completions"
_DEPLOYMENTS = "deployments"
_API_VERSION = "api-version"
_AZURE_PATH = "/openai/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointAddress:
    """The URLs of one endpoint, without secrets.

    Attributes:
        completions: takes chat completions.
        embeddings: takes texts to be embedded.
        models: lists models.
    """

    completions: URL
    embeddings: URL
    models: URL

    def resource(self, *parts: str) -> URL:
        """Return where another part of the API is, such as `files`, in the version that the others are asked in."""
        return self.models.parent.joinpath(*parts).with_query(self.models.query)

    @property
    def origin(self) -> str:
        """Scheme, host and port, for messages."""
        return str(self.completions.origin())


def parse_base_url(text: str) -> EndpointAddress:
    """Make the address of an endpoint from its base URL, such as `http://localhost:11434/v1`.

    A trailing `/` or `/chat/completions` is dropped. Raises `INVALID_INPUT` for anything but http and https, for a URL
    without a host, and for one with a user name, password, query or fragment in it, other than the `api-version` of
    Azure. A resource of Azure OpenAI without a path is asked under `/openai/v1`; under
    `…/openai/deployments/NAME?api-version=…` the deployment writes and embeds, and everything else is two levels up.
    """
    try:
        url = URL(text.strip())
        has_port = url.port is not None
    except ValueError as exc:
        raise _refused("cannot be read") from exc
    if url.scheme not in {"http", "https"} or not url.host or not has_port:
        raise _refused("is no http or https address")
    if url.user is not None or url.password is not None:
        raise _refused("holds a user name or password")
    if url.fragment or not {_API_VERSION}.issuperset(url.query):
        raise _refused("has a query or fragment")
    path = url.raw_path.rstrip("/").removesuffix(_COMPLETIONS_PATH)
    if not path and is_azure_openai(url.host):
        path = _AZURE_PATH
    base = url.with_path(path or "/", encoded=True)
    shared = base.parent.parent if base.parent.name == _DEPLOYMENTS else base
    return EndpointAddress(
        completions=(base / "chat" / "completions").with_query(url.query),
        embeddings=(base / "embeddings").with_query(url.query),
        models=(shared / "models").with_query(url.query),
    )


def _refused(what: str) -> TextNLPError:
    """Name what is wrong, not the URL itself: it may hold a password."""
    hint = "Give the address up to its version, such as http://localhost:8000/v1; a key goes into --api-key-env."
    return TextNLPError(
        f"The base URL {what}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint=hint, field="base_url"),
    )
