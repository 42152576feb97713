"""Where backups are kept, and what seals them."""

from pathlib import Path

from pydantic import BaseModel, Field


class BackupSettings(BaseModel):
    """The settings of a process that backups ask for; `textnlp.settings` reads them with all others."""

    backups: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_BACKUPS: a folder on another disk, or a storage account as azure://ACCOUNT, to keep backups in; "
            "they are beside the other blobs where unset, and lost with them."
        ),
    )
    backup_key_file: Path | None = Field(
        default=None,
        description=(
            "TEXTNLP_BACKUP_KEY_FILE: file of mode 0600 with the keys that backups are sealed with, 32 bytes in base64 "
            "a line, the first for new ones; keys/backup.key in the data folder where unset, made by the first backup."
        ),
    )
    backup_key_env: str | None = Field(
        default=None,
        description=(
            "TEXTNLP_BACKUP_KEY_ENV: name of the environment variable that holds such keys, or keyvault:NAME for a "
            "secret that does, in place of a file."
        ),
    )
    backup_schedule: bool | None = Field(
        default=None,
        description=(
            "TEXTNLP_BACKUP_SCHEDULE: whether this process takes a backup every night at 02:00 UTC, and removes those "
            "that are kept no longer; where unset, textnlp up does and other processes do not."
        ),
    )
