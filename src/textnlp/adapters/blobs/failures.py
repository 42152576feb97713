"""What the operating system says about files, in the platform's terms."""

import errno

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_KINDS = {
    errno.ENOENT: ErrorKind.NOT_FOUND,
    errno.ENAMETOOLONG: ErrorKind.INVALID_INPUT,
    errno.ENOTDIR: ErrorKind.CONFLICT,
    errno.EEXIST: ErrorKind.CONFLICT,
    errno.EISDIR: ErrorKind.CONFLICT,
    errno.ENOTEMPTY: ErrorKind.CONFLICT,
}

_FULL = "Free space on the disk that holds {root}, then do the same again."
_FORBIDDEN = "Give this account the right to write to {root}, or choose another folder."
_HINTS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: "The file system of {root} is read-only: mount it writable, or choose another folder.",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EMFILE: "Allow more open files: raise 'ulimit -n'.",
    errno.ENFILE: "Allow more open files on this machine.",
    errno.EIO: "Look at the disk that holds {root}: it cannot be read or written.",
    errno.EXDEV: "Give {root} one file system: another is mounted inside it.",
    errno.ENOTDIR: "Choose another path: a part of it is a blob already.",
    errno.EEXIST: "Choose another path: a part of it is a blob already.",
    errno.EISDIR: "Choose another path: there are blobs below it.",
    errno.ENOTEMPTY: "Choose another path: there are blobs below it.",
}


def failure_of(exc: OSError, *, path: str, root: str) -> TextNLPError:
    """Build the error for a file operation on the blob `path` of the folder `root` that failed with `exc`."""
    number = exc.errno or 0
    kind = _KINDS.get(number, ErrorKind.UNAVAILABLE)
    if kind is ErrorKind.NOT_FOUND:
        return missing_blob(path)
    hint = _HINTS.get(number, "Look at the folder {root}.").format(root=root)
    return TextNLPError(
        f"The blob {path!r} in {root} cannot be used: {exc.strerror or exc}.",
        kind=kind,
        facts=ErrorFacts(hint=hint),
    )


def missing_blob(path: str) -> TextNLPError:
    """Build the error for a blob that is not there."""
    return TextNLPError(f"There is no blob {path!r}.", kind=ErrorKind.NOT_FOUND)


def failed_condition(path: str, *, if_absent: bool) -> TextNLPError:
    """Build the error for a write whose condition does not hold."""
    reason = "it exists already" if if_absent else "it was changed or removed since it was read"
    return TextNLPError(
        f"The blob {path!r} was not written: {reason}.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Read it again and decide anew."),
    )
