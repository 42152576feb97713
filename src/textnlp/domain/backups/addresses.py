"""Where the parts of a backup lie, below the prefix of its kind."""

import re

from textnlp.domain.identifiers import is_backup_id

_OBJECT = re.compile(r"[0-9a-f]{64}")
_MANIFEST_ENDING = ".manifest"


def manifests_prefix(root: str) -> str:
    """Return the folder of the manifests, ending in `/`."""
    return f"{root}/manifests/"


def manifest_path(root: str, backup_id: str) -> str:
    """Return where the manifest of a backup lies; raise `ValueError` for what is no id."""
    if not is_backup_id(backup_id):
        raise ValueError(f"{backup_id!a} is no id of a backup")
    return f"{manifests_prefix(root)}{backup_id}{_MANIFEST_ENDING}"


def backup_id_at(path: str) -> str | None:
    """Return the id of the backup whose manifest lies at `path`, None for anything else."""
    name = path.rpartition("/")[2]
    backup_id = name.removesuffix(_MANIFEST_ENDING)
    return backup_id if name.endswith(_MANIFEST_ENDING) and is_backup_id(backup_id) else None


def objects_prefix(root: str) -> str:
    """Return the folder of the objects, ending in `/`."""
    return f"{root}/objects/"


def object_path(root: str, name: str) -> str:
    """Return where an object lies; raise `ValueError` for a name that is none, and so could lead elsewhere."""
    if not is_object_name(name):
        raise ValueError(f"{name!a} is no name of an object")
    return f"{objects_prefix(root)}{name[:2]}/{name}"


def is_object_name(name: str) -> bool:
    """Tell whether `name` is 64 hexadecimal digits."""
    return _OBJECT.fullmatch(name) is not None


def lease_path(root: str) -> str:
    """Return where it says who writes."""
    return f"{root}/writer.json"
