"""Containers for blobs, the prefixes in them, and what happens to a blob as it ages."""

from dataclasses import dataclass

PROMPTS = "prompts"
GENERATIONS = "generations"
MODELS = "models"
VALIDATION = "validation"
BACKUPS = "backups"

PROMPTS_TEMPLATES = "prompts/templates"
PROMPTS_USER_CONTENT = "prompts/user-content"
PROMPTS_SYSTEM = "prompts/system"
PROMPTS_BATCH = "prompts/batch"
PROMPTS_QUARANTINE = "prompts/quarantine"
GENERATIONS_REALTIME = "generations/realtime"
GENERATIONS_BATCH = "generations/batch"
GENERATIONS_ARCHIVE = "generations/archive"
MODELS_CHECKPOINTS = "models/checkpoints"
MODELS_FINE_TUNED = "models/fine-tuned"
MODELS_CONFIGS = "models/configs"
VALIDATION_METRICS = "validation/metrics"
VALIDATION_HUMAN_EVAL = "validation/human-eval"
VALIDATION_REPORTS = "validation/reports"
BACKUPS_DATABASE = "backups/database"
BACKUPS_CONFIGURATIONS = "backups/configurations"

PRIMARY_ACCOUNT = "primary"
ARCHIVE_ACCOUNT = "archive"

ARCHIVE_TIER_REDUNDANCIES = frozenset({"Standard_LRS", "Standard_GRS", "Standard_RAGRS"})
"""Redundancies that know the archive tier; the zone-redundant ones do not."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Container:
    """One of the five name spaces for blobs.

    Attributes:
        holds: what is put there.
        prefixes: the folders in it, each with the container's name in front; no blob lies beside them.
    """

    name: str
    holds: str
    prefixes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a prefix of another container."""
        for prefix in self.prefixes:
            if not prefix.startswith(f"{self.name}/") or prefix.endswith("/"):
                raise ValueError(f"container '{self.name}': prefix '{prefix}' must read '{self.name}/<folder>'")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StorageAccount:
    """A storage account, and the prefixes it serves; a laptop serves all of them from one folder.

    Attributes:
        redundancy: the account's kind of replication, as Resource Manager names it.
        access_tier: tier of a blob that no rule has moved.
        prefixes: what lies in it; every prefix lies in exactly one account.
        soft_delete_days: how long a deleted blob can be brought back.
    """

    name: str
    redundancy: str
    access_tier: str
    prefixes: tuple[str, ...]
    soft_delete_days: int
    versioning: bool
    change_feed: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LifecycleRule:
    """What becomes of blobs under some prefixes, counted in days after their last change.

    Attributes:
        prefixes: where the rule holds; the prefixes of one rule lie in one account.
        cool_after_days, cold_after_days, archive_after_days: when a blob moves to a cheaper tier, or None.
        delete_after_days: when the blob goes, or None for never.
        delete_versions_after_days: when an earlier version or a snapshot goes, or None for never.
    """

    name: str
    prefixes: tuple[str, ...]
    cool_after_days: int | None = None
    cold_after_days: int | None = None
    archive_after_days: int | None = None
    delete_after_days: int | None = None
    delete_versions_after_days: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that would move a blob back, or that does nothing."""
        tiers = (self.cool_after_days, self.cold_after_days, self.archive_after_days, self.delete_after_days)
        days = [day for day in tiers if day is not None]
        if days != sorted(set(days)) or any(day < 0 for day in days):
            raise ValueError(f"lifecycle rule '{self.name}': days {days} from cool to deletion must rise")
        if not days and self.delete_versions_after_days is None:
            raise ValueError(f"lifecycle rule '{self.name}': does nothing")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptPrefix:
    """A prefix whose blobs no lifecycle rule deletes.

    Attributes:
        until: what ends them.
    """

    prefix: str
    until: str


CONTAINERS = (
    Container(
        name=PROMPTS,
        holds="what models are asked",
        prefixes=(PROMPTS_TEMPLATES, PROMPTS_USER_CONTENT, PROMPTS_SYSTEM, PROMPTS_BATCH, PROMPTS_QUARANTINE),
    ),
    Container(
        name=GENERATIONS,
        holds="what models answered",
        prefixes=(GENERATIONS_REALTIME, GENERATIONS_BATCH, GENERATIONS_ARCHIVE),
    ),
    Container(
        name=MODELS,
        holds="model files and how to run them",
        prefixes=(MODELS_CHECKPOINTS, MODELS_FINE_TUNED, MODELS_CONFIGS),
    ),
    Container(
        name=VALIDATION,
        holds="whether answers are good, and why",
        prefixes=(VALIDATION_METRICS, VALIDATION_HUMAN_EVAL, VALIDATION_REPORTS),
    ),
    Container(
        name=BACKUPS,
        holds="what a lost platform is restored from",
        prefixes=(BACKUPS_DATABASE, BACKUPS_CONFIGURATIONS),
    ),
)

STORAGE_ACCOUNTS = (
    StorageAccount(
        name=PRIMARY_ACCOUNT,
        redundancy="Standard_RAGZRS",
        access_tier="Hot",
        prefixes=tuple(
            prefix for container in CONTAINERS for prefix in container.prefixes if prefix != GENERATIONS_ARCHIVE
        ),
        soft_delete_days=35,
        versioning=True,
        change_feed=True,
    ),
    StorageAccount(
        name=ARCHIVE_ACCOUNT,
        redundancy="Standard_RAGRS",
        access_tier="Cool",
        prefixes=(GENERATIONS_ARCHIVE,),
        soft_delete_days=35,
        versioning=False,
        change_feed=False,
    ),
)

LIFECYCLE_RULES = (
    LifecycleRule(
        name="age-generations",
        prefixes=(GENERATIONS_REALTIME, GENERATIONS_BATCH),
        cool_after_days=30,
        cold_after_days=90,
        delete_after_days=365,
    ),
    LifecycleRule(name="archive-generations", prefixes=(GENERATIONS_ARCHIVE,), archive_after_days=1),
    LifecycleRule(
        name="age-validation",
        prefixes=(VALIDATION_METRICS, VALIDATION_REPORTS),
        cool_after_days=30,
        cold_after_days=90,
        delete_after_days=365,
    ),
    LifecycleRule(name="drop-quarantine", prefixes=(PROMPTS_QUARANTINE,), delete_after_days=90),
    LifecycleRule(name="drop-batch-prompts", prefixes=(PROMPTS_BATCH,), delete_after_days=365),
    LifecycleRule(
        name="drop-old-versions",
        prefixes=STORAGE_ACCOUNTS[0].prefixes,
        delete_versions_after_days=35,
    ),
)

KEPT_PREFIXES = (
    KeptPrefix(prefix=PROMPTS_TEMPLATES, until="a person removes them"),
    KeptPrefix(prefix=PROMPTS_SYSTEM, until="a person removes them"),
    KeptPrefix(
        prefix=PROMPTS_USER_CONTENT,
        until="their record of files or of batches goes; seeds until a person removes them",
    ),
    KeptPrefix(prefix=GENERATIONS_ARCHIVE, until="a person removes them"),
    KeptPrefix(prefix=MODELS_CHECKPOINTS, until="a person removes them"),
    KeptPrefix(prefix=MODELS_FINE_TUNED, until="a person removes them"),
    KeptPrefix(prefix=MODELS_CONFIGS, until="a person removes them"),
    KeptPrefix(prefix=VALIDATION_HUMAN_EVAL, until="a person removes them; judges are calibrated with them"),
    KeptPrefix(prefix=BACKUPS_DATABASE, until="the retention of backups lets them go"),
    KeptPrefix(prefix=BACKUPS_CONFIGURATIONS, until="the retention of backups lets them go"),
)
