"""The console's own files: style, scripts and their licenses, kept by browsers until their content changes."""

import hashlib
from functools import cache
from importlib.resources import files

from litestar import Response, get
from litestar.params import FromPath

from textnlp.domain.errors import not_found

_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".txt": "text/plain"}
_PLACE = "/console/static"
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


@get(f"{_PLACE}/{{digest:str}}/{{name:str}}", sync_to_thread=False)
def fetch_asset(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Answer with a file; its address holds a hash of its content, so that it never needs to be asked for again."""
    known = _assets().get(name)
    if known is None or known[0] != digest:
        raise not_found("The console has no such file.")
    suffix = name[name.rindex(".") :]
    return Response(known[1], media_type=_MEDIA_TYPES[suffix], headers=_KEPT)


def asset_path(name: str) -> str:
    """Return the address of a file; one that is not there is a fault of the template that names it."""
    return f"{_PLACE}/{_assets()[name][0]}/{name}"


@cache
def _assets() -> dict[str, tuple[str, bytes]]:
    """Return the hash and the bytes of every file, by name."""
    folder = files("textnlp.console") / "static"
    contents = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}
    return {name: (hashlib.sha256(content).hexdigest()[:16], content) for name, content in contents.items()}
