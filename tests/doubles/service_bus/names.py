"""Names of entities as the addresses of links say them."""

CBS = "$cbs"
MANAGEMENT = "/$management"


def entity_name(address: str) -> str:
    """Return the entity of an address, which may be a URL, in lower case."""
    if "://" in address:
        address = address.split("://", 1)[1].partition("/")[2]
    return address.strip("/").lower()
