"""The models as a platform shows them."""

import msgspec


class RemoteDeployment(msgspec.Struct, kw_only=True):
    """A deployment and how it is."""

    name: str
    weight: float
    tier: int
    state: str
    in_flight: int
    limit: int
    answered: int
    refused: int
    failed: int


class RemoteModel(msgspec.Struct, kw_only=True):
    """A model that can be asked."""

    id: str
    deployments: list[RemoteDeployment]


class RemoteModels(msgspec.Struct, kw_only=True):
    """All of them."""

    models: list[RemoteModel]
