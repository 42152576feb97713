"""Short ways to write what is sought; the provider's own prefix is left out."""

from textnlp_infra.coverage.element import Plain, Sought


def seek(kind: str, name: str = "*", at: str = "", is_: Plain = None) -> Sought:
    """Seek a type of `Microsoft`."""
    return Sought(type=f"Microsoft.{kind}", name=name, at=at, is_=is_)


def cluster(at: str, is_: Plain = None) -> Sought:
    """Seek a property of the cluster."""
    return seek("ContainerService/managedClusters", "*", f"properties.{at}", is_)


def subnet(name: str) -> Sought:
    """Seek a subnet."""
    return seek("Network/virtualNetworks", "*", "properties.subnets", name)
