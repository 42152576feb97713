"""Which versions of PostgreSQL will do."""

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.topology.database import DATABASE_SERVER


def require_version(server_version: int) -> None:
    """Raise `CONFLICT` for a server that is too old, given its version as PostgreSQL counts it, 150004 for 15.4."""
    major = server_version // 10_000
    if major < int(DATABASE_SERVER.least_version):
        raise TextNLPError(
            f"The database server is PostgreSQL {major}; the platform needs {DATABASE_SERVER.least_version} or later.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Point DATABASE_URL at a later server, or unset it to use the embedded one."),
        )
