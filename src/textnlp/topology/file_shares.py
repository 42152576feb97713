"""File shares: folders that machines mount, for what a program reads as files."""

from dataclasses import dataclass

from textnlp.topology.workloads import BATCH_WORKER, GENERATION_WORKER


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileShare:
    """A share of the service `files`; on a laptop it is a folder.

    Attributes:
        holds: what lies on it.
        protocol: how machines mount it; NFS knows no account keys, the network says who may.
        mount_path: where every container that reads it finds it.
        read_by: processes whose containers mount it, for reading alone.
        size_gib: what it holds at most.
    """

    name: str
    holds: str
    protocol: str
    mount_path: str
    read_by: tuple[str, ...]
    size_gib: int

    def __post_init__(self) -> None:
        """Refuse a path that is none inside a container, and a size that the premium tier does not have."""
        if not self.mount_path.startswith("/") or self.mount_path.endswith("/"):
            raise ValueError(f"file share '{self.name}': mount_path '{self.mount_path}' must be an absolute folder")
        if not 100 <= self.size_gib <= 102_400:  # noqa: PLR2004  bounds of a premium share
            raise ValueError(f"file share '{self.name}': a premium share has 100 to 102400 GiB, not {self.size_gib}")


FILE_SHARES = (
    FileShare(
        name="model-files",
        holds="the weights that the model servers load, one folder a model and `current` for the one in use",
        protocol="NFS",
        mount_path="/models",
        read_by=(GENERATION_WORKER, BATCH_WORKER),
        size_gib=1_024,
    ),
)
