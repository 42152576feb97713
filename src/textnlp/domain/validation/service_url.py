"""Which URLs may be asked about rows, as far as their text tells."""

from urllib.parse import urlsplit

from textnlp.domain.errors import invalid_input


def require_service_url(url: str, *, field: str) -> None:
    """Return for an http or https URL with a host; raise `INVALID_INPUT` otherwise, without repeating the URL.

    A user name, a password or a fragment in it is refused, since it would be shown or lost.
    """
    try:
        parts = urlsplit(url)
        has_host, has_user, _ = bool(parts.hostname), "@" in parts.netloc, parts.port
    except ValueError as exc:
        raise _refused("cannot be read", field) from exc
    if parts.scheme not in {"http", "https"} or not has_host:
        raise _refused("is no http or https address", field)
    if has_user:
        raise _refused("holds a user name or password", field)
    if "#" in url:
        raise _refused("has a fragment", field)


def _refused(what: str, field: str) -> Exception:
    return invalid_input(f"{field}: the URL {what}.", field=field)
