"""Which backups may hold what is erased now, and until when."""

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.list_backups import list_backups
from textnlp.domain.backups.retention import gone_by
from textnlp.domain.erasure.certificate import KeptBackups


async def find_kept_backups(place: BackupPlace) -> KeptBackups:
    """Return the backups that there are, and when the last of them is removed; raises `UNAVAILABLE`.

    A backup that cannot be read is named: it is never removed by itself.
    """
    listed = await list_backups(place)
    taken = [each.manifest.taken_at for each in listed if each.manifest is not None]
    policy = place.policy
    ends = None
    if policy.retention is not None and policy.starts_at is not None:
        ends = gone_by(taken, policy.retention, now=place.clock.now(), starts_at=policy.starts_at)
    unreadable = tuple(each.id for each in listed if each.manifest is None)
    return KeptBackups(count=len(taken), gone_by=ends, unreadable=unreadable)
